using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Rating.Subscriptions;
using Billing.Service.EventLog;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Invoicing;

/// <summary>
/// Reads the usage that invoices are made of, for many contracts at a time: sums from <c>month_usage</c>, single calls only
/// where the limit asks for them. What is read is stable only while the usage streams are locked.
/// </summary>
internal sealed class ReadUsage(NpgsqlConnection connection, CancellationToken cancel)
{
    private const string Sums =
        $"""
        select u.contract, u.usage_month, u.class, u.carrier, u.tax_category, u.calls, u.chargeable_ms, u.charge::text, u.tail_ms, u.tail_charge::text
        from unnest($1::text[], $2::date[]) as asked(contract, usage_month)
        join {BillingStore.Schema}.month_usage u on u.usage_month = asked.usage_month and u.contract = asked.contract
        """;

    private const string Invoiced =
        $"""
        select i.contract, i.usage_month, i.covered
        from unnest($1::text[], $2::date[]) as asked(contract, usage_month)
        join {BillingStore.Schema}.invoiced_usage i on i.contract = asked.contract and i.usage_month = asked.usage_month
        order by i.contract, i.usage_month, i.invoice
        """;

    private const string Charges =
        $"""
        select contract, answered_at, source, record_id, charge::text, tax_category
        from {BillingStore.Schema}.rated_calls
        where usage_month = $1 and contract = any($2) and outcome = 'rated' and charge <> 0
        """;

    /// <summary>
    /// Usage of earlier months that came after their invoice. A month whose invoice has not been issued is none of them: its
    /// usage belongs on its own invoice.
    /// </summary>
    private const string LateMonths =
        $"""
        select u.contract, u.usage_month
        from (select contract, usage_month, sum(calls) as calls, sum(charge) as charge
              from {BillingStore.Schema}.month_usage
              where usage_month < $1 and class <> '' and ($2::text is null or contract = $2)
              group by contract, usage_month) u
        join (select contract, usage_month, sum(calls) as calls, sum(charge) as charge
              from {BillingStore.Schema}.invoiced_usage
              where usage_month < $1 and ($2::text is null or contract = $2)
              group by contract, usage_month) i using (contract, usage_month)
        where u.calls <> i.calls or u.charge <> i.charge
        """;

    /// <summary>The contracts that have any call in a month.</summary>
    private const string Callers =
        $"select distinct contract from {BillingStore.Schema}.month_usage where usage_month = $1 and contract <> '' and ($2::text is null or contract = $2)";

    /// <summary>The months before <paramref name="month"/> that have late usage, by contract.</summary>
    public async Task<ILookup<string, UsageMonth>> LateMonthsAsync(UsageMonth month, string? contract)
    {
        var found = new List<ContractMonth>();
        await using var reader = await QueryAsync(LateMonths, Date(month), RowStatements.Text(contract));
        while (await reader.ReadAsync(cancel))
        {
            found.Add(new ContractMonth(reader.GetString(0), Month(reader, 1)));
        }

        return found.ToLookup(late => late.Contract, late => late.Month, StringComparer.Ordinal);
    }

    /// <summary>The contracts that have calls in a month.</summary>
    public async Task<HashSet<string>> CallersAsync(UsageMonth month, string? contract)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        await using var reader = await QueryAsync(Callers, Date(month), RowStatements.Text(contract));
        while (await reader.ReadAsync(cancel))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    /// <summary>What must be read to make the invoices of a month: that month and the late ones, each with its limit.</summary>
    public static IReadOnlyDictionary<ContractMonth, Yen?> Limits(IReadOnlyCollection<Contract> contracts, UsageMonth month, ILookup<string, UsageMonth> late)
    {
        var limits = new Dictionary<ContractMonth, Yen?>(contracts.Count);
        foreach (var contract in contracts)
        {
            foreach (var asked in late[contract.Id].Append(month))
            {
                limits.Add(new ContractMonth(contract.Id, asked), BillingMonth.LimitOf(contract, asked));
            }
        }

        return limits;
    }

    /// <summary>The usage of each contract and month asked for, what was billed of it, and the walk of its limit.</summary>
    /// <param name="earlier">True when earlier months are among them, whose invoices must be looked at.</param>
    public async Task<Dictionary<ContractMonth, StoredUsage>> ReadAsync(IReadOnlyDictionary<ContractMonth, Yen?> limits, bool earlier)
    {
        var usage = limits.ToDictionary(asked => asked.Key, asked => new StoredUsage(asked.Key, asked.Value));
        var contracts = Array(usage.Keys.Select(key => key.Contract));
        var months = Array(usage.Keys.Select(key => key.Month.FirstDay.ToDateOnly()));
        await ReadSumsAsync(usage, contracts, months);
        if (earlier)
        {
            await ReadInvoicedAsync(usage, contracts, months);
        }

        foreach (var month in usage.Values.Where(stored => stored.NeedsWalk).GroupBy(stored => stored.Key.Month))
        {
            await WalkAsync(month.Key, month.ToDictionary(stored => stored.Key.Contract, StringComparer.Ordinal));
        }

        return usage;
    }

    /// <summary>What invoices have billed of some contracts and months.</summary>
    public static async Task<ILookup<ContractMonth, CoveredUsage>> InvoicedAsync(NpgsqlConnection connection, IReadOnlyCollection<ContractMonth> keys, CancellationToken cancel)
    {
        var usage = keys.ToDictionary(key => key, key => new StoredUsage(key, null));
        await new ReadUsage(connection, cancel).ReadInvoicedAsync(
            usage, Array(keys.Select(key => key.Contract)), Array(keys.Select(key => key.Month.FirstDay.ToDateOnly())));
        return usage.Values.SelectMany(stored => stored.Invoiced, (stored, covered) => (stored.Key, covered)).ToLookup(pair => pair.Key, pair => pair.covered);
    }

    private async Task ReadSumsAsync(Dictionary<ContractMonth, StoredUsage> usage, NpgsqlParameter contracts, NpgsqlParameter months)
    {
        await using var reader = await QueryAsync(Sums, contracts, months);
        while (await reader.ReadAsync(cancel))
        {
            var stored = usage[new ContractMonth(reader.GetString(0), Month(reader, 1))];
            if (reader.GetString(2).Length == 0)
            {
                stored.All.AddUnanswered(reader.GetInt64(5));
                continue;
            }

            var carrier = reader.GetString(3);
            stored.Add(
                new UsageLine(
                    new UsageKey(Words.ClassOf(reader.GetString(2))!.Value, carrier.Length == 0 ? null : carrier, Words.TaxCategoryOf(reader.GetString(4))!.Value),
                    reader.GetInt64(5),
                    reader.GetInt64(6),
                    Yen.Parse(reader.GetString(7))),
                reader.GetInt64(8),
                Yen.Parse(reader.GetString(9)));
        }
    }

    private async Task ReadInvoicedAsync(Dictionary<ContractMonth, StoredUsage> usage, NpgsqlParameter contracts, NpgsqlParameter months)
    {
        await using var reader = await QueryAsync(Invoiced, contracts.Clone(), months.Clone());
        while (await reader.ReadAsync(cancel))
        {
            usage[new ContractMonth(reader.GetString(0), Month(reader, 1))]
                .AddInvoiced(JsonSerializer.Deserialize<CoveredUsage>(reader.GetString(2), BillingStore.Json)!);
        }
    }

    private async Task WalkAsync(UsageMonth month, Dictionary<string, StoredUsage> usage)
    {
        await using var reader = await QueryAsync(Charges, Date(month), Array(usage.Keys));
        while (await reader.ReadAsync(cancel))
        {
            usage[reader.GetString(0)].Walk(
                new DateTimeOffset(reader.GetDateTime(1)).ToUnixTimeMilliseconds(),
                Encoding.UTF8.GetBytes(reader.GetString(2)),
                Encoding.UTF8.GetBytes(reader.GetString(3)),
                Yen.Parse(reader.GetString(4)),
                Words.TaxCategoryOf(reader.GetString(5))!.Value);
        }
    }

    private async Task<NpgsqlDataReader> QueryAsync(string sql, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        return await command.ExecuteReaderAsync(cancel);
    }

    private static UsageMonth Month(NpgsqlDataReader reader, int column)
    {
        var day = reader.GetFieldValue<DateOnly>(column);
        return new UsageMonth(day.Year, day.Month);
    }

    private static NpgsqlParameter Date(UsageMonth month) => new() { Value = month.FirstDay.ToDateOnly() };

    private static NpgsqlParameter Array<T>(IEnumerable<T> values) => new() { Value = values.ToArray() };
}
