using System.Runtime.InteropServices;
using Billing.Contracts;
using Billing.Rating.Calls;
using NodaTime;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>What a batch adds to <c>month_usage</c>, grouped as an invoice groups it.</summary>
internal sealed class UsageIncrements
{
    private const string AddRows =
        """
        as m
          (usage_month, contract, class, carrier, tax_category, calls, chargeable_ms, charge, tail_ms, tail_charge)
        select * from unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[],
          $8::text[]::numeric[], $9::bigint[], $10::text[]::numeric[])
        on conflict (usage_month, contract, class, carrier, tax_category) do update set
          calls = m.calls + excluded.calls, chargeable_ms = m.chargeable_ms + excluded.chargeable_ms, charge = trim_scale(m.charge + excluded.charge),
          tail_ms = m.tail_ms + excluded.tail_ms, tail_charge = trim_scale(m.tail_charge + excluded.tail_charge)
        """;

    private readonly Dictionary<Key, Sums> _sums = [];

    public void Clear() => _sums.Clear();

    public void Count(in RatedCall call)
    {
        var key = call.Outcome == Outcome.Rated
            ? new Key(call.UsageMonth, call.Contract!.Id, call.Class, call.Carrier, call.TaxCategory)
            : new Key(call.UsageMonth, call.Contract?.Id ?? "", CallClass.None, null, TaxCategory.S);
        ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _);
        sums.Calls++;
        sums.ChargeableMs += call.ChargeableMs;
        sums.Charge += call.Charge;
        sums.TailMs += call.TailMs;
        sums.TailCharge += call.TailCharge;
    }

    /// <summary>Groups counted so far.</summary>
    public int Groups => _sums.Count;

    /// <summary>Adds what was counted elsewhere.</summary>
    public void Add(UsageIncrements other)
    {
        foreach (var (key, added) in other._sums)
        {
            ref var sums = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, key, out _);
            sums.Calls += added.Calls;
            sums.ChargeableMs += added.ChargeableMs;
            sums.Charge += added.Charge;
            sums.TailMs += added.TailMs;
            sums.TailCharge += added.TailCharge;
        }
    }

    /// <param name="table">Where to; a rebuild fills a table of its own first.</param>
    public async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancel, string table = $"{BillingStore.Schema}.month_usage")
    {
        if (_sums.Count == 0)
        {
            return;
        }

        // one order for everybody, or two batches could wait for each other
        var rows = _sums.OrderBy(pair => pair.Key.Month).ThenBy(pair => pair.Key.Contract, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Class).ThenBy(pair => pair.Key.Carrier, StringComparer.Ordinal).ThenBy(pair => pair.Key.TaxCategory).ToArray();
        await using var command = new NpgsqlCommand($"insert into {table} {AddRows}", connection);
        Parameter(rows.Select(row => row.Key.Month.FirstDay.ToDateOnly()).ToArray());
        Parameter(rows.Select(row => row.Key.Contract).ToArray());
        Parameter(rows.Select(row => Words.Of(row.Key.Class)).ToArray());
        Parameter(rows.Select(row => row.Key.Carrier ?? "").ToArray());
        Parameter(rows.Select(row => row.Key.Class == CallClass.None ? "" : Words.Of(row.Key.TaxCategory)).ToArray());
        Parameter(rows.Select(row => row.Value.Calls).ToArray());
        Parameter(rows.Select(row => row.Value.ChargeableMs).ToArray());
        Parameter(rows.Select(row => row.Value.Charge.ToString()).ToArray());
        Parameter(rows.Select(row => row.Value.TailMs).ToArray());
        Parameter(rows.Select(row => row.Value.TailCharge.ToString()).ToArray());
        await command.ExecuteNonQueryAsync(cancel);

        void Parameter(object value) => command.Parameters.Add(new NpgsqlParameter { Value = value });
    }

    private readonly record struct Key(UsageMonth Month, string Contract, CallClass Class, string? Carrier, TaxCategory TaxCategory);

    private struct Sums
    {
        public long Calls;
        public long ChargeableMs;
        public Yen Charge;
        public long TailMs;
        public Yen TailCharge;
    }
}
