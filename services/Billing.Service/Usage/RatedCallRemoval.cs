using Billing.Contracts;
using Billing.Rating.Invoicing;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>
/// Rows of <c>rated_calls</c> on their way out, many at a time, and what they were in <c>month_usage</c>. The caller holds their
/// streams: nobody adds to the same contract and month meanwhile.
/// </summary>
internal sealed class RatedCallRemoval
{
    private const string Schema = BillingStore.Schema;

    private readonly Dictionary<UsageMonth, (HashSet<string> Contracts, List<Guid> Held, List<Guid> Unassigned)> _months = [];

    public void Clear() => _months.Clear();

    /// <param name="contract">Who pays; empty for calls on <c>unassigned-</c> streams.</param>
    public void Add(UsageMonth month, string contract, Guid id)
    {
        if (!_months.TryGetValue(month, out var calls))
        {
            _months.Add(month, calls = (new(StringComparer.Ordinal), [], []));
        }

        if (contract.Length == 0)
        {
            calls.Unassigned.Add(id);
            return;
        }

        calls.Contracts.Add(contract);
        calls.Held.Add(id);
    }

    /// <summary>Takes the rows out and their usage back, or only looks what that would be; tells each group. Returns how many rows were not there.</summary>
    /// <param name="look">True to change nothing.</param>
    public async Task<long> RunAsync(NpgsqlConnection connection, bool look, Action<RemovedGroup> removed, CancellationToken cancel)
    {
        var missing = 0L;
        foreach (var (month, calls) in _months)
        {
            missing += await RemoveAsync(connection, month, [.. calls.Contracts], calls.Held, look, removed, cancel);
            missing += await RemoveAsync(connection, month, null, calls.Unassigned, look, removed, cancel);
        }

        return missing;
    }

    /// <summary>A group without calls is no group: what a rebuild would not make does not stay.</summary>
    public async Task ForgetEmptyGroupsAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        foreach (var (month, calls) in _months)
        {
            await using var command = new NpgsqlCommand(
                $"delete from {Schema}.month_usage where usage_month = $1 and contract = any($2) and calls = 0", connection);
            command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
            command.Parameters.Add(new NpgsqlParameter { Value = calls.Contracts.Append("").ToArray() });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static string Sql(bool assigned, bool look)
    {
        var these = $"where r.usage_month = $1 and r.id = any($2) and r.contract {(assigned ? "= any($3)" : "is null")}";
        const string columns = "r.contract, r.class, r.carrier, r.tax_category, r.chargeable_ms, r.charge, r.tail_ms, r.tail_charge";
        const string reduced =
            $"""
            , reduced as (
              update {Schema}.month_usage m set calls = m.calls - l.calls, chargeable_ms = m.chargeable_ms - l.ms, charge = trim_scale(m.charge - l.charge),
                tail_ms = m.tail_ms - l.tail_ms, tail_charge = trim_scale(m.tail_charge - l.tail_charge)
              from less l where m.usage_month = $1 and m.contract = l.contract and m.class = l.class and m.carrier = l.carrier and m.tax_category = l.tax_category
              returning 1)
            """;
        return $"""
            with gone as ({(look ? $"select {columns} from {Schema}.rated_calls r {these}" : $"delete from {Schema}.rated_calls r {these} returning {columns}")}),
            less as (
              select coalesce(contract, '') as contract, coalesce(class, '') as class, coalesce(carrier, '') as carrier, coalesce(tax_category, '') as tax_category,
                count(*) as calls, sum(chargeable_ms)::bigint as ms, sum(charge) as charge, coalesce(sum(tail_ms), 0)::bigint as tail_ms, coalesce(sum(tail_charge), 0) as tail_charge
              from gone group by 1, 2, 3, 4)
            {(look ? "" : reduced)}
            select contract, class, carrier, tax_category, calls, ms, charge::text, tail_ms, tail_charge::text, {(look ? "0" : "(select count(*) from less) - (select count(*) from reduced)")}::bigint from less
            """;
    }

    private static async Task<long> RemoveAsync(
        NpgsqlConnection connection, UsageMonth month, string[]? contracts, List<Guid> ids, bool look, Action<RemovedGroup> removed, CancellationToken cancel)
    {
        if (ids.Count == 0)
        {
            return 0;
        }

        await using var command = new NpgsqlCommand(Sql(contracts is not null, look), connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray() });
        if (contracts is not null)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = contracts });
        }

        long missing = ids.Count, withoutUsage = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var group = new RemovedGroup(month, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3),
                reader.GetInt64(4), reader.GetInt64(5), Yen.Parse(reader.GetString(6)), reader.GetInt64(7), Yen.Parse(reader.GetString(8)));
            missing -= group.Calls;
            withoutUsage = reader.GetInt64(9);
            removed(group);
        }

        return missing + withoutUsage;
    }
}

/// <summary>Calls of one group that were taken out; the class is empty when nobody answered them.</summary>
internal sealed record RemovedGroup(
    UsageMonth Month, string Contract, string Class, string Carrier, string TaxCategory, long Calls, long ChargeableMs, Yen Charge, long TailMs, Yen TailCharge)
{
    /// <summary>Takes the group off a change of usage.</summary>
    public void TakeFrom(UsageChange change)
    {
        if (Class.Length == 0)
        {
            change.AddUnanswered(-Calls);
            return;
        }

        var key = new UsageKey(Words.ClassOf(Class)!.Value, Carrier.Length == 0 ? null : Carrier, Words.TaxCategoryOf(TaxCategory)!.Value);
        change.Add(new UsageLine(key, -Calls, -ChargeableMs, -Charge), -TailMs, -TailCharge);
    }
}
