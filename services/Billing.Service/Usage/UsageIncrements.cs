using System.Runtime.InteropServices;
using Billing.Contracts;
using Billing.Rating;
using Billing.Rating.Calls;
using Billing.Service.EventLog;
using NodaTime;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>What a batch adds to <c>month_usage</c>, grouped as an invoice groups it.</summary>
internal sealed class UsageIncrements
{
    private const string Add =
        $"""
        insert into {BillingStore.Schema}.month_usage as m
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

    public async Task ApplyAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (_sums.Count == 0)
        {
            return;
        }

        // one order for everybody, or two batches could wait for each other
        var rows = _sums.OrderBy(pair => pair.Key.Month).ThenBy(pair => pair.Key.Contract, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Class).ThenBy(pair => pair.Key.Carrier, StringComparer.Ordinal).ThenBy(pair => pair.Key.TaxCategory).ToArray();
        await using var command = new NpgsqlCommand(Add, connection);
        Parameter(rows.Select(row => row.Key.Month.FirstDay.ToDateOnly()).ToArray());
        Parameter(rows.Select(row => row.Key.Contract).ToArray());
        Parameter(rows.Select(row => Words.Of(row.Key.Class)).ToArray());
        Parameter(rows.Select(row => row.Key.CarrierText).ToArray());
        Parameter(rows.Select(row => row.Key.TaxCategoryText).ToArray());
        Parameter(rows.Select(row => row.Value.Calls).ToArray());
        Parameter(rows.Select(row => row.Value.ChargeableMs).ToArray());
        Parameter(rows.Select(row => row.Value.Charge.ToString()).ToArray());
        Parameter(rows.Select(row => row.Value.TailMs).ToArray());
        Parameter(rows.Select(row => row.Value.TailCharge.ToString()).ToArray());
        await command.ExecuteNonQueryAsync(cancel);

        void Parameter(object value) => command.Parameters.Add(new NpgsqlParameter { Value = value });
    }

    /// <summary>Writes the groups to a table of increments, to be added up there.</summary>
    public async Task CopyAsync(NpgsqlConnection connection, string table, CancellationToken cancel)
    {
        var rows = new CopyBuffer();
        foreach (var (key, sums) in _sums)
        {
            rows.BeginRow(10);
            rows.Date(Tokyo.DayNumber(key.Month.FirstDay));
            rows.Text(key.Contract);
            rows.Text(Words.Of(key.Class));
            rows.Text(key.CarrierText);
            rows.Text(key.TaxCategoryText);
            rows.BigInt(sums.Calls);
            rows.BigInt(sums.ChargeableMs);
            rows.Numeric(sums.Charge);
            rows.BigInt(sums.TailMs);
            rows.Numeric(sums.TailCharge);
        }

        await rows.SendAsync(connection, $"copy {table} from stdin (format binary)", cancel);
    }

    private readonly record struct Key(UsageMonth Month, string Contract, CallClass Class, string? Carrier, TaxCategory TaxCategory)
    {
        public string CarrierText => Carrier ?? "";

        public string TaxCategoryText => Class == CallClass.None ? "" : Words.Of(TaxCategory);
    }

    private struct Sums
    {
        public long Calls;
        public long ChargeableMs;
        public Yen Charge;
        public long TailMs;
        public Yen TailCharge;
    }
}
