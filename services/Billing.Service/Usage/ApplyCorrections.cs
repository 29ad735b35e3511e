using System.Runtime.InteropServices;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Records;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>
/// Makes corrections count in the read tables, in the transaction that appends or replays them: a voided call's row and usage
/// go, a corrected or rerated one's are made anew. Whoever appends a correction does it by this code. It can also only look
/// what would change.
/// </summary>
/// <param name="raterAt">What was known at a number.</param>
/// <param name="look">True to change nothing.</param>
internal sealed class ApplyCorrections(NpgsqlConnection connection, Func<long, Task<CallRater>> raterAt, bool look, CancellationToken cancel)
{
    private readonly RatedCallRemoval _removal = new();
    private readonly RatedCallRows _rows = new();
    private readonly UsageIncrements _usage = new();
    private readonly CorrectionRows _corrections = new();
    private readonly List<Guid> _suspended = [];
    private readonly HashSet<string> _streams = new(StringComparer.Ordinal);
    private readonly HashSet<string> _rewritten = new(StringComparer.Ordinal);
    private readonly CallRecordReader _records = new();
    private RatedCall _call;

    /// <summary>What changes, by contract and month; calls that nobody holds have the contract "".</summary>
    public Dictionary<(string Contract, UsageMonth Month), UsageChange> Changes { get; } = [];

    /// <summary>How many calls are voided or rated anew.</summary>
    public Dictionary<(string Contract, UsageMonth Month), long> Calls { get; } = [];

    /// <summary>Calls that cannot stay where they are, by stream and reason. Their streams must not be written.</summary>
    public SortedDictionary<string, SortedDictionary<string, long>> Misfits { get; } = new(StringComparer.Ordinal);

    /// <summary>Rows that should have been in the read tables and were not.</summary>
    public long Missing { get; private set; }

    /// <summary>Which calls of a rerated stream count, by stream and version; all by default.</summary>
    public Func<string, long, bool> Only { get; init; } = (_, _) => true;

    /// <summary>Told each call that is taken out or made anew, and when it is made anew its new charge.</summary>
    public Action<string, Guid, WalkedCharge?>? Touched { get; init; }

    /// <summary>Takes the next correction, in the order of the log.</summary>
    public async Task TakeAsync(LoggedCorrection correction)
    {
        var stream = correction.Stream;
        if (correction.Happened is CallVoided ? _rewritten.Contains(stream) : _streams.Contains(stream))
        {
            await FlushAsync();
        }

        _streams.Add(stream);
        _corrections.Add(correction);
        switch (correction.Happened)
        {
            case CallVoided voided:
                Void(stream, voided);
                break;
            case CallCorrected corrected:
                _rewritten.Add(stream);
                await CorrectAsync(stream, corrected);
                break;
            case UsageRerated rerated:
                _rewritten.Add(stream);
                await RerateAsync(stream, correction.Version, rerated);
                break;
        }
    }

    /// <summary>Writes, or looks at, what was taken.</summary>
    public async Task FlushAsync()
    {
        Missing += await _removal.RunAsync(connection, look, group => group.TakeFrom(Change(group.Contract, group.Month)), cancel);
        if (!look)
        {
            await _rows.SendAsync(connection, cancel);
            await _usage.ApplyAsync(connection, cancel);
            await _removal.ForgetEmptyGroupsAsync(connection, cancel);
            Missing += await SuspenseRows.RemoveAsync(_suspended, connection, cancel);
            await _corrections.SendAsync(connection, cancel);
        }

        _removal.Clear();
        _rows.Clear();
        _usage.Clear();
        _suspended.Clear();
        _corrections.Clear();
        _streams.Clear();
        _rewritten.Clear();
    }

    private UsageChange Change(string contract, UsageMonth month)
    {
        ref var change = ref CollectionsMarshal.GetValueRefOrAddDefault(Changes, (contract, month), out _);
        return change ??= new UsageChange();
    }

    private void Void(string stream, CallVoided voided)
    {
        var (contract, month) = UsageStreams.Read(stream);
        if (contract is null)
        {
            _suspended.Add(voided.Call);
        }
        else
        {
            Remove(contract, month, voided.Call);
            Touched?.Invoke(stream, voided.Call, null);
        }
    }

    private void Remove(string contract, UsageMonth month, Guid id)
    {
        _removal.Add(month, contract, id);
        CollectionsMarshal.GetValueRefOrAddDefault(Calls, (contract, month), out _)++;
    }

    private async Task CorrectAsync(string stream, CallCorrected corrected)
    {
        var rater = await raterAt(corrected.Known);
        var (type, json) = await StreamCalls.FindAsync(connection, corrected.Call, cancel)
            ?? throw new InvalidDataException($"Call {corrected.Call} was corrected, but it is not in the log.");
        var wasAnswered = Original(type, json, out var delivery, out var line);
        Replace(stream, corrected.Call, _records.Read(corrected.Facts), delivery, line, rater, mayBeUnanswered: !wasAnswered);
    }

    /// <summary>True when the call was recorded as answered.</summary>
    private static bool Original(string type, byte[] json, out long delivery, out long line)
    {
        if (type != EventTypes.CallRecorded)
        {
            throw new InvalidDataException($"A {type} can not be given other facts.");
        }

        var recorded = System.Text.Json.JsonSerializer.Deserialize<CallRecorded>(json, BillingStore.Json)!;
        (delivery, line) = (recorded.Delivery, recorded.Line);
        return recorded.Call.AnsweredAt is not null;
    }

    private async Task RerateAsync(string stream, long version, UsageRerated rerated)
    {
        var rater = await raterAt(rerated.Known);
        var corrections = await StreamCalls.CorrectionsAsync(connection, stream, version, cancel);
        var except = (rerated.Except ?? []).ToHashSet();
        await StreamCalls.ReadAsync(
            connection, stream, version, corrections,
            (Guid id, long recordedAt, in CdrRow row, long delivery, long line, long _) =>
            {
                if (Only(stream, recordedAt) && !except.Contains(id))
                {
                    Replace(stream, id, row, delivery, line, rater, mayBeUnanswered: true);
                }
            },
            cancel);
    }

    private void Replace(string stream, Guid id, in CdrRow row, long delivery, long line, CallRater rater, bool mayBeUnanswered)
    {
        rater.Rate(row.Facts, ref _call);
        var (contract, month) = UsageStreams.Read(stream);
        var misfit = _call.Outcome == Outcome.Suspended ? Words.Of(_call.Reason)
            : _call.Outcome == Outcome.Unanswered && !mayBeUnanswered ? "unanswered"
            : _call.UsageMonth != month ? "other-month"
            : (_call.Contract?.Id ?? "") != contract ? "other-contract"
            : null;
        if (misfit is not null)
        {
            var reasons = ReasonsOf(stream);
            reasons[misfit] = reasons.GetValueOrDefault(misfit) + 1;
            return;
        }

        Remove(contract!, month, id);
        _rows.Add(id, row, _call, delivery, line);
        _usage.Count(_call);
        Change(contract!, month).Add(_call);
        Touched?.Invoke(stream, id, new WalkedCharge(row.AnsweredMs ?? row.StartedMs, row.Source.ToArray(), row.RecordId.ToArray(), _call.Charge, _call.TaxCategory));
    }

    private SortedDictionary<string, long> ReasonsOf(string stream)
    {
        if (!Misfits.TryGetValue(stream, out var reasons))
        {
            Misfits.Add(stream, reasons = new SortedDictionary<string, long>(StringComparer.Ordinal));
        }

        return reasons;
    }
}

/// <summary>A charge with its place in the walk of a month's limit.</summary>
internal readonly record struct WalkedCharge(long AnsweredMs, byte[] Source, byte[] RecordId, Yen Charge, TaxCategory Category);
