using System.Globalization;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>Checks what follows from issued invoices: their rows, the rows of what they covered, and the closings that they name.</summary>
internal sealed class VerifyFollowing(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    public const string Rows = "rows of invoices are what the invoices say";
    public const string CoveredRows = "rows of invoiced usage are what the invoices covered";
    public const string CoveredClosings = "invoices name the closings of what they covered";

    private const string InvoiceRows =
        $"""
        select number, contract, month, customer, issued_at, due_on, subtotal::text, tax::text, total::text, digest
        from {BillingStore.Schema}.invoices where number = any($1)
        """;

    private const string UsageRows =
        $"""
        select invoice, contract, usage_month, calls, unanswered, charge::text, amount::text, limit_change::text, covered::text
        from {BillingStore.Schema}.invoiced_usage where invoice = any($1)
        """;

    private const string ClosingsNamed =
        $"""
        select asked.stream, asked.version, e.data->>'digest', e.data->>'invoice'
        from unnest($1::varchar[], $2::bigint[]) as asked(stream, version)
        join {BillingStore.Schema}.mt_events e on e.stream_id = asked.stream and e.version = asked.version and e.type = '{EventTypes.UsageMonthClosed}'
        """;

    public async Task RunAsync(IReadOnlyList<IssuedEvent> issued)
    {
        var numbers = issued.Select(invoice => invoice.Issued.Invoice.Number ?? "").ToArray();
        var rows = await ReadAsync(InvoiceRows, RowText, [numbers]);
        var usage = await ReadAsync(UsageRows, UsageText, [numbers]);
        var covered = issued.SelectMany(invoice => invoice.Issued.Covered.Select(part => (Stream: Stream(invoice, part), Version: part.StreamVersion))).ToArray();
        var closings = await ReadAsync(
            ClosingsNamed, ClosingText, [covered.Select(part => part.Stream).ToArray(), covered.Select(part => part.Version).ToArray()]);
        foreach (var invoice in issued)
        {
            Compare(Rows, "invoices", rows, invoice, invoice.Issued.Invoice.Number ?? "", Row(invoice.Issued));
            foreach (var part in invoice.Issued.Covered)
            {
                var key = UsageKey(invoice.Issued.Invoice.Number ?? "", invoice.Issued.Invoice.Contract, part.Month);
                Compare(CoveredRows, "invoiced_usage", usage, invoice, key, Row(part));
                Compare(CoveredClosings, "closing", closings, invoice, ClosingKey(Stream(invoice, part), part.StreamVersion), $"{part.Digest} by invoice {invoice.Issued.Invoice.Number}");
            }
        }
    }

    private void Compare(string check, string what, Dictionary<string, string> found, IssuedEvent invoice, string key, string expected)
    {
        findings.Compared(check);
        if (!found.TryGetValue(key, out var there))
        {
            findings.Add(new BrokenLink(check, $"{what} {key}", null, null, $"what {invoice.Stream} says", "nothing"));
        }
        else if (there != expected)
        {
            var (should, @is) = FirstDifference(expected, there);
            findings.Add(new BrokenLink(check, $"{what} {key}", null, null, should, @is));
        }
    }

    /// <summary>The first of the lines that differ.</summary>
    private static (string Expected, string Found) FirstDifference(string expected, string found)
    {
        var pairs = expected.Split('\n').Zip(found.Split('\n')).ToList();
        return pairs.Find(pair => pair.First != pair.Second);
    }

    private async Task<Dictionary<string, string>> ReadAsync(string sql, Func<NpgsqlDataReader, (string Key, string Text)> row, IReadOnlyList<object> parameters)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (key, text) = row(reader);
            found[key] = text;
        }

        return found;
    }

    private static string Stream(IssuedEvent invoice, CoveredUsage part) => UsageStreams.Of(invoice.Issued.Invoice.Contract, part.Month);

    private static string ClosingKey(string stream, long version) => string.Create(CultureInfo.InvariantCulture, $"{stream} event {version}");

    private static string UsageKey(string number, string contract, UsageMonth month) => $"{number} {contract} {month}";

    private static (string, string) ClosingText(NpgsqlDataReader reader) => (
        ClosingKey(reader.GetString(0), reader.GetInt64(1)),
        $"{(reader.IsDBNull(2) ? "no digest" : reader.GetString(2))} by invoice {(reader.IsDBNull(3) ? "none" : reader.GetString(3))}");

    private static (string, string) RowText(NpgsqlDataReader reader) => (
        reader.GetString(0),
        Lines(
            reader.GetString(1),
            MonthOf(reader, 2).ToString(),
            reader.GetString(3),
            Instant.FromDateTimeUtc(reader.GetDateTime(4)).ToString(),
            LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(5)).ToString("uuuu-MM-dd", CultureInfo.InvariantCulture),
            Amount(reader.GetString(6)),
            Amount(reader.GetString(7)),
            Amount(reader.GetString(8)),
            reader.GetString(9)));

    private static string Row(InvoiceIssued issued) => Lines(
        issued.Invoice.Contract,
        issued.Invoice.Month.ToString(),
        issued.Invoice.Customer,
        issued.Invoice.IssuedAt?.ToString() ?? "",
        issued.Invoice.DueOn?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture) ?? "",
        issued.Invoice.Subtotal.ToString(),
        issued.Invoice.Tax.ToString(),
        issued.Invoice.Total.ToString(),
        issued.Digest);

    private static (string, string) UsageText(NpgsqlDataReader reader) => (
        UsageKey(reader.GetString(0), reader.GetString(1), MonthOf(reader, 2)),
        Lines(
            reader.GetInt64(3).ToString(CultureInfo.InvariantCulture),
            reader.GetInt64(4).ToString(CultureInfo.InvariantCulture),
            Amount(reader.GetString(5)),
            Amount(reader.GetString(6)),
            Amount(reader.GetString(7)),
            Same(reader.GetString(8))));

    private static string Row(CoveredUsage covered)
    {
        var sums = CoveredSums.Of(covered);
        return Lines(
            sums.Calls.ToString(CultureInfo.InvariantCulture),
            covered.Unanswered.ToString(CultureInfo.InvariantCulture),
            sums.Charge.ToString(),
            sums.Amount.ToString(),
            (covered.LimitChangeS + covered.LimitChangeG).ToString(),
            JsonSerializer.Serialize(covered, BillingStore.Json));
    }

    /// <summary>Stored JSON in the form in which it was written.</summary>
    private static string Same(string json)
    {
        try
        {
            return JsonSerializer.Serialize(JsonSerializer.Deserialize<CoveredUsage>(json, BillingStore.Json), BillingStore.Json);
        }
        catch (JsonException)
        {
            return "data that is no covered usage";
        }
    }

    private static string Amount(string numeric) => Yen.TryParse(numeric, out var yen) ? yen.ToString() : numeric;

    private static string Lines(params ReadOnlySpan<string> lines) => string.Join('\n', lines);

    private static UsageMonth MonthOf(NpgsqlDataReader reader, int column) => UsageMonth.Of(LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(column)));
}
