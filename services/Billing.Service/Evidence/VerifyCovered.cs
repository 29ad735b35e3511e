using System.Globalization;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>A document and what it covers of usage months: an invoice, or a credit note or adjustment that takes some of it back.</summary>
/// <param name="Stream">Where it was issued.</param>
internal sealed record CoveringDocument(string Stream, string Number, string Contract, IReadOnlyList<CoveredUsage> Covered);

/// <summary>Checks the rows of what documents covered, and the closings that they name.</summary>
internal sealed class VerifyCovered(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    public const string CoveredRows = "rows of invoiced usage are what the documents covered";
    public const string CoveredClosings = "documents name the closings of what they covered";

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

    private readonly VerifiedRows _rows = new(connection, findings, cancel);

    public async Task RunAsync(IReadOnlyList<CoveringDocument> documents)
    {
        var usage = await _rows.ReadAsync(UsageRows, UsageText, [documents.Select(document => document.Number).ToArray()]);
        var covered = documents.SelectMany(document => document.Covered.Select(part => (Stream: Stream(document, part), Version: part.StreamVersion))).ToArray();
        var closings = await _rows.ReadAsync(
            ClosingsNamed, ClosingText, [covered.Select(part => part.Stream).ToArray(), covered.Select(part => part.Version).ToArray()]);
        foreach (var document in documents)
        {
            foreach (var part in document.Covered)
            {
                _rows.Compare(CoveredRows, "invoiced_usage", usage, document.Stream, UsageKey(document.Number, document.Contract, part.Month), Row(part));
                _rows.Compare(
                    CoveredClosings, "closing", closings, document.Stream, ClosingKey(Stream(document, part), part.StreamVersion), $"{part.Digest} by {document.Number}");
            }
        }
    }

    private static string Stream(CoveringDocument document, CoveredUsage part) => UsageStreams.Of(document.Contract, part.Month);

    private static string ClosingKey(string stream, long version) => string.Create(CultureInfo.InvariantCulture, $"{stream} event {version}");

    private static string UsageKey(string number, string contract, UsageMonth month) => $"{number} {contract} {month}";

    private static (string, string) ClosingText(NpgsqlDataReader reader) => (
        ClosingKey(reader.GetString(0), reader.GetInt64(1)),
        $"{(reader.IsDBNull(2) ? "no digest" : reader.GetString(2))} by {(reader.IsDBNull(3) ? "no document" : reader.GetString(3))}");

    private static (string, string) UsageText(NpgsqlDataReader reader) => (
        UsageKey(reader.GetString(0), reader.GetString(1), VerifiedRows.MonthOf(reader, 2)),
        VerifiedRows.Lines(
            reader.GetInt64(3).ToString(CultureInfo.InvariantCulture),
            reader.GetInt64(4).ToString(CultureInfo.InvariantCulture),
            VerifiedRows.Amount(reader.GetString(5)),
            VerifiedRows.Amount(reader.GetString(6)),
            VerifiedRows.Amount(reader.GetString(7)),
            Same(reader.GetString(8))));

    private static string Row(CoveredUsage covered)
    {
        var sums = CoveredSums.Of(covered);
        return VerifiedRows.Lines(
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
}
