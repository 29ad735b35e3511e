using Billing.Contracts;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// What stands in the way of a complete month: things for a person to mend. None of it holds up the invoices of contracts
/// that it does not concern; what is mended after the issue appears on the next invoice.
/// </summary>
/// <param name="Suspended">Calls of the month that nobody can be charged for yet, by reason.</param>
/// <param name="UnpricedClasses">Classes for which the month's tariff has no price row at all.</param>
/// <param name="Refused">Contracts whose invoice would be parked, and why.</param>
/// <param name="Parked">Contracts that the last run parked although nothing is against their invoice now: the next run issues it.</param>
/// <param name="MissingFiles">Gaps in the numbering of the files delivered so far.</param>
/// <param name="CutFiles">Files that were not read to their end: they are to be sent again.</param>
/// <param name="UninvoicedMonths">Earlier months with usage of contracts that have no invoice for them.</param>
public sealed record WorkList(
    IReadOnlyList<SuspendedCalls> Suspended,
    IReadOnlyList<string> UnpricedClasses,
    IReadOnlyList<ParkedInvoice> Refused,
    IReadOnlyList<ParkedInvoice> Parked,
    IReadOnlyList<MissingFiles> MissingFiles,
    IReadOnlyList<string> CutFiles,
    IReadOnlyList<UninvoicedMonth> UninvoicedMonths)
{
    private const string SuspendedByReason =
        $"""
        select reason, count(*) from {BillingStore.Schema}.suspense
        where month = $1 and released_as is null group by reason order by count(*) desc, reason
        """;

    private const string ParkedBefore =
        $"select contract, rule, reason from {BillingStore.Schema}.parked_invoices where month = $1 order by contract collate \"C\"";

    private const string Files =
        $"select file, bool_or(completed_at is not null) from {BillingStore.Schema}.deliveries group by file, sha256";

    private const string Uninvoiced =
        $"""
        select u.usage_month, count(distinct u.contract), sum(u.calls)::bigint
        from {BillingStore.Schema}.month_usage u
        where u.usage_month < $1 and u.contract <> '' and u.class <> ''
          and not exists (select 1 from {BillingStore.Schema}.invoices i where i.contract = u.contract and i.month = u.usage_month)
        group by u.usage_month order by u.usage_month
        """;

    public bool IsEmpty =>
        Suspended.Count + UnpricedClasses.Count + Refused.Count + Parked.Count + MissingFiles.Count + CutFiles.Count + UninvoicedMonths.Count == 0;

    internal static async Task<WorkList> ReadAsync(NpgsqlConnection connection, ComputeInvoice compute, IReadOnlyList<ParkedInvoice> refused, CancellationToken cancel)
    {
        var firstDay = compute.Month.FirstDay.ToDateOnly();
        var suspended = await RowsAsync(connection, SuspendedByReason, reader => new SuspendedCalls(reader.GetString(0), reader.GetInt64(1)), cancel, firstDay);
        var parked = await RowsAsync(
            connection, ParkedBefore, reader => new ParkedInvoice(reader.GetString(0), new Refusal(reader.GetString(1), reader.GetString(2))), cancel, firstDay);
        var files = await RowsAsync(connection, Files, reader => (Name: reader.GetString(0), IsComplete: reader.GetBoolean(1)), cancel);
        var uninvoiced = await RowsAsync(connection, Uninvoiced, Month, cancel, firstDay);
        return new WorkList(
            suspended,
            compute.UnpricedClasses(),
            refused,
            [.. parked.ExceptBy(refused.Select(entry => entry.Contract), entry => entry.Contract)],
            Invoicing.MissingFiles.In(files.Select(file => file.Name)),
            [.. files.Where(file => !file.IsComplete).Select(file => file.Name).Order(StringComparer.Ordinal)],
            uninvoiced);
    }

    private static UninvoicedMonth Month(NpgsqlDataReader reader)
    {
        var day = reader.GetFieldValue<DateOnly>(0);
        return new UninvoicedMonth(new UsageMonth(day.Year, day.Month), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static async Task<List<T>> RowsAsync<T>(NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> row, CancellationToken cancel, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(row(reader));
        }

        return rows;
    }
}

public sealed record SuspendedCalls(string Reason, long Calls);

/// <summary>Usage that belongs on an invoice of its own: that month has not been issued for these contracts.</summary>
public sealed record UninvoicedMonth(UsageMonth Month, long Contracts, long Calls);
