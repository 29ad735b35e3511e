using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating;
using Billing.Rating.Calls;
using Billing.Rating.Records;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>One thread's share of a rebuild: reads call events by COPY, rates them and writes what they make by COPY.</summary>
internal sealed class RebuildShare(
    NpgsqlDataSource database, RebuildKnowledge knowledge, RebuildCorrections corrections, RebuildTables tables, UsageMonth? only) : IAsyncDisposable
{
    /// <summary>Usage is kept until it has so many groups.</summary>
    private const int MostGroups = 100_000;

    private readonly CopyReader _events = new(columns: 5);
    private readonly StoredCalls _calls = new();
    private readonly Dictionary<UsageMonth, RatedCallRows> _rated = [];
    private readonly UsageIncrements _usage = new();
    private readonly CopyBuffer _suspended = new();
    private readonly CopyBuffer _released = new();
    private readonly CallRecordReader _records = new();
    private readonly CorrectionRows _corrections = new();
    private NpgsqlConnection _reading = null!;
    private NpgsqlConnection _writing = null!;
    private CallRater? _rater;
    private long _known = -1;
    private RatedCall _call;

    public long RatedCalls { get; private set; }

    public long Suspended { get; private set; }

    /// <summary>Streams on which something was corrected after the corrections were read.</summary>
    public HashSet<string> CorrectedSince { get; } = new(StringComparer.Ordinal);

    public async Task OpenAsync(CancellationToken cancel)
    {
        _reading = await database.OpenConnectionAsync(cancel);
        _writing = await database.OpenConnectionAsync(cancel);

        // a range of sequence numbers is a piece of the primary key, whatever the statistics say; to compile its plan takes longer than it brings
        await using var command = new NpgsqlCommand("set enable_seqscan = off; set jit = off", _reading);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Takes the events with sequence numbers in (<paramref name="after"/>, <paramref name="upTo"/>].</summary>
    public Task TakeAsync(long after, long upTo, CancellationToken cancel) => TakeAsync(
        $"""
        {BillingStore.Schema}.mt_events e
        where e.seq_id > {after} and e.seq_id <= {upTo} and e.type in ('{EventTypes.CallRecorded}', '{EventTypes.CallSuspended}', {EventTypes.ChangesOfCalls})
        {(only is { } month ? $"and right(e.stream_id, 7) = '{month}'" : "")}
        """,
        after >= corrections.UpTo,
        cancel);

    /// <summary>Takes the calls of the streams that are to be done again, up to a sequence number.</summary>
    public Task TakeAgainAsync(long upTo, CancellationToken cancel) => TakeAsync(
        $"""
        {BillingStore.Schema}.mt_events e join {RebuildTables.Again} a on a.stream_id = e.stream_id
        where e.seq_id <= {upTo} and e.type in ('{EventTypes.CallRecorded}', '{EventTypes.CallSuspended}')
        """,
        isLate: false,
        cancel);

    /// <summary>Calls that were counted and are to be done again.</summary>
    public void Forget(long ratedCalls, long suspended)
    {
        RatedCalls -= ratedCalls;
        Suspended -= suspended;
    }

    private async Task TakeAsync(string events, bool isLate, CancellationToken cancel)
    {
        await using (var stream = await _reading.BeginRawBinaryCopyAsync(
            $"copy (select e.id, e.type, e.stream_id, e.data, e.version from {events}) to stdout (format binary)", cancel))
        {
            _events.Begin(stream);
            while (_events.TryRead())
            {
                Take(isLate);
            }
        }

        await SendAsync(cancel);
    }

    /// <summary>Writes the usage that was kept back.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        await _usage.CopyAsync(_writing, RebuildTables.Usage, cancel);
        _usage.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in (NpgsqlConnection?[])[_reading, _writing])
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
            }
        }
    }

    private void Take(bool isLate)
    {
        var type = _events.Field(1);
        var json = _events.Jsonb(3);
        if (type.SequenceEqual("call_recorded.v1"u8) || type.SequenceEqual("call_suspended.v1"u8))
        {
            TakeCall(type.SequenceEqual("call_recorded.v1"u8), json);
        }
        else if (type.SequenceEqual("call_released.v1"u8))
        {
            var released = JsonSerializer.Deserialize<CallReleased>(json, BillingStore.Json)!;
            _released.BeginRow(2);
            _released.Uuid(released.Suspended);
            _released.Uuid(released.Recorded);
        }
        else
        {
            var stream = Encoding.UTF8.GetString(_events.Field(2));
            _corrections.Add(new LoggedCorrection(stream, _events.BigInt(4), StreamCalls.Deserialize(Encoding.ASCII.GetString(type), json)));
            if (isLate)
            {
                CorrectedSince.Add(stream);
            }
        }
    }

    private void TakeCall(bool isRecorded, ReadOnlySpan<byte> json)
    {
        var id = _events.Uuid(0);
        var corrected = corrections.Of(_events.Field(2), id, _events.BigInt(4));
        if (corrected.IsVoided)
        {
            return;
        }

        var stored = _calls.Read(json);
        if (!isRecorded)
        {
            Suspend(id, stored);
        }
        else if (corrected.Facts is { } facts)
        {
            Rate(id, _records.Read(facts), stored, corrected.Known ?? stored.Known);
        }
        else
        {
            Rate(id, stored.Row, stored, corrected.Known ?? stored.Known);
        }
    }

    private void Rate(Guid id, in CdrRow row, in StoredCall stored, long known)
    {
        if (_known != known)
        {
            (_rater, _known) = (knowledge.RaterAt(known), known);
        }

        _rater!.Rate(row.Facts, ref _call);
        if (_call.Outcome == Outcome.Suspended || (only is { } month && _call.UsageMonth != month))
        {
            throw new InvalidDataException(
                $"Event {id} was recorded on {Encoding.UTF8.GetString(_events.Field(2))}, but with what was known at {known} it is "
                + (_call.Outcome == Outcome.Suspended ? $"suspended: {Words.Of(_call.Reason)}." : $"a call of {_call.UsageMonth}."));
        }

        if (!_rated.TryGetValue(_call.UsageMonth, out var rows))
        {
            _rated.Add(_call.UsageMonth, rows = new RatedCallRows());
        }

        rows.Add(id, row, _call, stored.Delivery, stored.Line);
        _usage.Count(_call);
        RatedCalls++;
    }

    private void Suspend(Guid id, in StoredCall stored)
    {
        var month = Tokyo.MonthOf(Tokyo.DayOf(stored.Row.AnsweredMs ?? stored.Row.StartedMs));
        SuspenseRows.Add(_suspended, id, Encoding.UTF8.GetString(_events.Field(2)), stored.Row, stored.Reason, month, stored.Delivery, stored.Line);
        Suspended++;
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        foreach (var (month, rows) in _rated)
        {
            await rows.SendAsync(_writing, cancel, tables.OfMonth(month));
            rows.Clear();
        }

        await SuspenseRows.SendAsync(_suspended, _writing, cancel, RebuildTables.Suspense);
        await _released.SendAsync(_writing, $"copy {RebuildTables.Released} from stdin (format binary)", cancel);
        await _corrections.SendAsync(_writing, cancel, RebuildTables.Corrections);
        _suspended.Clear();
        _released.Clear();
        _corrections.Clear();
        if (_usage.Groups > MostGroups)
        {
            await FlushAsync(cancel);
        }
    }
}
