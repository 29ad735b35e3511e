using Billing.Contracts;
using Billing.Rating;
using Billing.Rating.Calls;
using Billing.Rating.Records;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>Rows of <c>rated_calls</c> on their way in: the one form that ingest, single events and rebuilds write.</summary>
internal sealed class RatedCallRows
{
    private const string Columns =
        """
        (usage_month, id, contract, number, source, record_id, outcome, answered_at, class,
          carrier, destination, stripped_prefix, tax_category, chargeable_ms, units, charge, tail_ms, tail_charge, tail_over_limit,
          tariff_version, delivery, line)
        """;

    private readonly CopyBuffer _rows;
    private readonly GroupedRows _contracts;

    /// <param name="usual">Room in bytes that many rows usually take, see <see cref="CopyBuffer"/>.</param>
    public RatedCallRows(int usual = 0)
    {
        _rows = new CopyBuffer(usual);
        _contracts = new GroupedRows(_rows);
    }

    public int Count => _contracts.Count;

    public void Clear() => _contracts.Clear();

    /// <param name="id">The id of the event that recorded the call.</param>
    public void Add(Guid id, in CdrRow row, in RatedCall call, long delivery, long line)
    {
        var rated = call.Outcome == Outcome.Rated;
        _contracts.BeginRow(_contracts.Group(call.Contract?.Id ?? ""), 22);
        _rows.Date(Tokyo.DayNumber(call.UsageMonth.FirstDay));
        _rows.Uuid(id);
        _rows.TextOrNull(call.Contract?.Id);
        _rows.TextOrNull(call.Number);
        _rows.Text(row.Source);
        _rows.Text(row.RecordId);
        _rows.Text(Words.Of(call.Outcome));
        _rows.Instant(row.AnsweredMs ?? row.StartedMs);
        _rows.TextOrNull(rated ? Words.Of(call.Class) : null);
        _rows.TextOrNull(call.Carrier);
        if (call.Destination.IsEmpty)
        {
            _rows.Null();
        }
        else
        {
            _rows.Text(call.Destination);
        }

        _rows.TextOrNull(call.StrippedPrefix);
        _rows.TextOrNull(rated ? Words.Of(call.TaxCategory) : null);
        _rows.BigInt(call.ChargeableMs);
        _rows.BigInt(call.Units);
        _rows.Numeric(call.Charge);
        if (call.HasTail)
        {
            _rows.BigInt(call.TailMs);
            _rows.Numeric(call.TailCharge);
        }
        else
        {
            _rows.Null();
            _rows.Null();
        }

        _rows.Bool(call.TailOverLimit);
        _rows.TextOrNull(call.Tariff?.Version);
        _rows.BigInt(delivery);
        _rows.BigInt(line);
    }

    /// <param name="table">Where to; a rebuild fills a table of its own first.</param>
    public async Task SendAsync(NpgsqlConnection connection, CancellationToken cancel, string table = $"{BillingStore.Schema}.rated_calls")
    {
        if (Count > 0)
        {
            await CopyBuffer.SendAsync(
                connection, $"copy {table} {Columns} from stdin (format binary)", _contracts.InOrder().Select(row => _rows.Slice(row.Start, row.End)), cancel);
        }
    }
}
