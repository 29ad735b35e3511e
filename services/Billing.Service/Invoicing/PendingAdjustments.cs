using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>An adjustment as an invoice takes it: what was granted on the invoice <c>Invoice</c> of <c>Month</c>.</summary>
internal sealed record PendingAdjustment(string Number, string Invoice, string Contract, UsageMonth Month, string? Dispute, IReadOnlyList<CreditLineDocument> Lines)
{
    /// <summary>Its lines on an invoice of a month with that tax rate. The detail names the adjustment, and by it the invoice.</summary>
    public IEnumerable<InvoiceLineDocument> LinesOn(TaxRate standardRate) => Lines.Select(line => new InvoiceLineDocument
    {
        Section = "adjustment",
        Code = line.Code,
        Detail = string.Join(' ', new[] { Number, Dispute, line.Detail }.Where(part => !string.IsNullOrEmpty(part))),
        Month = line.Month,
        Quantity = 1,
        Amount = line.Amount,
        TaxCategory = line.TaxCategory,
        Rate = line.TaxCategory == Words.Of(TaxCategory.S) && line.Rate.Fraction != standardRate.Fraction ? line.Rate : null,
    });
}

/// <summary>Reads adjustments for the invoices that take them, in the order of their numbers.</summary>
internal static class PendingAdjustments
{
    private const string Pending =
        $"""
        select number, invoice, contract, month, dispute, lines from {BillingStore.Schema}.adjustments
        where settled_by is null and month < $1 and contract = any($2) order by number collate "C"
        """;

    private const string PendingContracts =
        $"select distinct contract from {BillingStore.Schema}.adjustments where settled_by is null and month < $1 and ($2::text is null or contract = $2)";

    private const string Settled =
        $"""
        select number, invoice, contract, month, dispute, lines from {BillingStore.Schema}.adjustments
        where number = any($1) order by number collate "C"
        """;

    /// <summary>What waits for an invoice of a month, by contract: an adjustment goes on an invoice of a later month than that which it corrects.</summary>
    public static async Task<ILookup<string, PendingAdjustment>> ReadAsync(NpgsqlConnection connection, UsageMonth month, IEnumerable<string> contracts, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Pending, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = contracts.ToArray() });
        return (await RowsAsync(command, cancel)).ToLookup(pending => pending.Contract, StringComparer.Ordinal);
    }

    /// <summary>The contracts for which something waits.</summary>
    public static async Task<HashSet<string>> ContractsAsync(NpgsqlConnection connection, UsageMonth month, string? contract, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(PendingContracts, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)contract ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        var found = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    /// <summary>Those that an issued invoice carries.</summary>
    public static async Task<IReadOnlyList<PendingAdjustment>> OfAsync(NpgsqlConnection connection, IReadOnlyList<string>? numbers, CancellationToken cancel)
    {
        if (numbers is not { Count: > 0 })
        {
            return [];
        }

        await using var command = new NpgsqlCommand(Settled, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = numbers.ToArray() });
        return await RowsAsync(command, cancel);
    }

    private static async Task<List<PendingAdjustment>> RowsAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var rows = new List<PendingAdjustment>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(new PendingAdjustment(
                reader.GetString(0),
                reader.GetString(1),
                reader.GetString(2),
                UsageMonth.Of(NodaTime.LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(3))),
                await reader.IsDBNullAsync(4, cancel) ? null : reader.GetString(4),
                JsonSerializer.Deserialize<IReadOnlyList<CreditLineDocument>>(reader.GetString(5), BillingStore.Json)!));
        }

        return rows;
    }
}
