using System.Runtime.InteropServices;
using System.Text;
using Billing.Contracts;
using Billing.Rating;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Records;
using Billing.Service.EventLog;
using Billing.Service.Usage;

namespace Billing.Service.Ingestion;

/// <summary>
/// What a batch of lines becomes: events, rated calls, usage, rejects and counts, ready to be written in one transaction.
/// Built from the raw lines, and built again from the same lines when some of their records turn out to be held already.
/// </summary>
internal sealed class CallBatch : IDisposable
{
    private const int LongestRejectText = 256;

    private readonly CallJson _json = new();
    private readonly Dictionary<Guid, ulong> _contents = [];
    private readonly Dictionary<(Billing.Rating.Subscriptions.Contract, UsageMonth), int> _usageStreams = [];
    private readonly Dictionary<(Billing.Rating.Subscriptions.Contract, UsageMonth), Yen?> _limits = [];
    private RatedCall _call;
    private CallRater? _rater;
    private BatchContext _context;

    public RawBatch Raw { get; } = new();

    public EventBuffer Events { get; } = new(40 << 20);

    public RatedCallRows RatedCalls { get; } = new(20 << 20);

    public UsageIncrements Usage { get; } = new();

    public CopyBuffer Rejects { get; } = new();

    public CopyBuffer Suspended { get; } = new();

    public ReceiptCounts Counts { get; private set; } = new();

    public HashSet<UsageMonth> Months { get; } = [];

    /// <summary>The ids of the events to be written.</summary>
    public List<Guid> EventIds { get; } = [];

    /// <summary>The limits of the contracts that the batch adds usage to.</summary>
    public IReadOnlyDictionary<(string Contract, UsageMonth Month), Yen> Limits =>
        _limits.Where(pair => pair.Value is not null).ToDictionary(pair => (pair.Key.Item1.Id, pair.Key.Item2), pair => pair.Value!.Value);

    /// <summary>What the lines are rated with, now and when they are built again.</summary>
    public void Use(CallRater rater, BatchContext context)
    {
        _rater = rater;
        _context = context;
    }

    /// <param name="held">The records that the log holds already, by event id.</param>
    public void Build(CdrParser parser, IReadOnlyDictionary<Guid, HeldCall> held)
    {
        Clear();
        var i = 0;
        try
        {
            for (; i < Raw.Count; i++)
            {
                Take(parser.Parse(Raw.Line(i)), Raw[i].Number, Raw[i].IsCut, held);
            }
        }
        catch (OverflowException fault)
        {
            throw new OverflowException($"line {Raw[i].Number}: the charge is larger than an amount can hold", fault);
        }
    }

    public void Dispose() => _json.Dispose();

    private void Take(in CdrRow row, long line, bool isCut, IReadOnlyDictionary<Guid, HeldCall> held)
    {
        if (isCut || row.Reject != RejectReason.None)
        {
            Reject(row, isCut ? RejectReason.FieldTooLong : row.Reject, line, _context);
            return;
        }

        var identity = CallIdentity.Of(row);
        var id = CallEventId.Of(row, identity);
        switch (Sight(ref id, identity, held))
        {
            case Sighting.New:
                _rater!.Rate(row.Facts, ref _call);
                Accept(id, row, line, _context);
                break;
            case Sighting.Conflicting:
                TakeConflicting(row, identity, line, held);
                break;
            default:
                Counts.Add(Outcome.Duplicate);
                break;
        }
    }

    private void TakeConflicting(in CdrRow row, in CallIdentity identity, long line, IReadOnlyDictionary<Guid, HeldCall> held)
    {
        var id = CallEventId.OfConflicting(row, identity);
        if (Sight(ref id, identity, held) == Sighting.New)
        {
            Suspend(id, row, SuspenseReason.ConflictingDuplicate, line, _context);
        }
        else
        {
            Counts.Add(Outcome.Duplicate);
        }
    }

    private void Clear()
    {
        _contents.Clear();
        _usageStreams.Clear();
        _limits.Clear();
        Events.Clear();
        RatedCalls.Clear();
        Usage.Clear();
        Rejects.Clear();
        Suspended.Clear();
        Counts = new ReceiptCounts();
        Months.Clear();
        EventIds.Clear();
    }

    /// <summary>Whether the record is new; the id of one that was voided leads to that of the record in its place.</summary>
    private Sighting Sight(ref Guid id, in CallIdentity identity, IReadOnlyDictionary<Guid, HeldCall> held)
    {
        while (held.TryGetValue(id, out var call))
        {
            if (!call.IsVoided)
            {
                return call.Content == identity.Content ? Sighting.Duplicate : Sighting.Conflicting;
            }

            id = CallEventId.OfReplacement(id);
        }

        ref var inBatch = ref CollectionsMarshal.GetValueRefOrAddDefault(_contents, id, out var seen);
        if (!seen)
        {
            inBatch = identity.Content;
            return Sighting.New;
        }

        return inBatch == identity.Content ? Sighting.Duplicate : Sighting.Conflicting;
    }

    private void Accept(Guid id, in CdrRow row, long line, BatchContext context)
    {
        if (_call.Outcome == Outcome.Suspended)
        {
            Suspend(id, row, _call.Reason, line, context);
            return;
        }

        Counts.Add(_call.Outcome);
        Months.Add(_call.UsageMonth);
        Events.Add(StreamOf(_call), id, "call_recorded.v1"u8, _json.Write(row, SuspenseReason.None, context.Delivery, line, context.Known), context.NowMs);
        EventIds.Add(id);
        RatedCalls.Add(id, row, _call, context.Delivery, line);
        Usage.Count(_call);
        if (_call.Outcome == Outcome.Rated)
        {
            ref var limit = ref CollectionsMarshal.GetValueRefOrAddDefault(_limits, (_call.Contract!, _call.UsageMonth), out var seen);
            if (!seen)
            {
                limit = BillingMonth.LimitOf(_call.Contract!, _call.UsageMonth);
            }
        }
    }

    private void Suspend(Guid id, in CdrRow row, SuspenseReason reason, long line, BatchContext context)
    {
        var month = Tokyo.MonthOf(Tokyo.DayOf(row.AnsweredMs ?? row.StartedMs));
        var stream = UsageStreams.Suspense(Encoding.ASCII.GetString(row.Source), month);
        Counts.Add(Outcome.Suspended, reason);
        Events.Add(Events.Stream(stream), id, "call_suspended.v1"u8, _json.Write(row, reason, context.Delivery, line, context.Known), context.NowMs);
        EventIds.Add(id);
        SuspenseRows.Add(Suspended, id, stream, row, reason, month, context.Delivery, line);
    }

    private void Reject(in CdrRow row, RejectReason reason, long line, BatchContext context)
    {
        Counts.Add(Outcome.Rejected, reject: reason);
        Rejects.BeginRow(5);
        Rejects.BigInt(context.Delivery);
        Rejects.BigInt(line);
        Rejects.Text(Words.Of(reason));
        Rejects.Text(Shortened(row.Source));
        Rejects.Text(Shortened(row.RecordId));
    }

    /// <summary>At most so many bytes, ending at a whole character.</summary>
    private static ReadOnlySpan<byte> Shortened(ReadOnlySpan<byte> text)
    {
        if (text.Length <= LongestRejectText)
        {
            return text;
        }

        var length = LongestRejectText;
        while ((text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return text[..length];
    }

    private int StreamOf(in RatedCall call)
    {
        if (call.Contract is not { } contract)
        {
            return Events.Stream(UsageStreams.Unassigned(call.UsageMonth));
        }

        ref var stream = ref CollectionsMarshal.GetValueRefOrAddDefault(_usageStreams, (contract, call.UsageMonth), out var known);
        if (!known)
        {
            stream = Events.Stream(UsageStreams.Of(contract.Id, call.UsageMonth));
        }

        return stream;
    }

    private enum Sighting
    {
        New,
        Duplicate,
        Conflicting,
    }
}

/// <summary>What is the same for all rows of a batch: the delivery, the knowledge it is rated with, the instant of the append.</summary>
internal readonly record struct BatchContext(long Delivery, long Known, long NowMs);
