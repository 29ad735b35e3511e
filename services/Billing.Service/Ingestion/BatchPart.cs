using System.Runtime.InteropServices;
using System.Text;
using Billing.Contracts;
using Billing.Formats;
using Billing.Formats.Joining;
using Billing.Rating;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Records;
using Billing.Service.EventLog;
using Billing.Service.Usage;
using Contract = Billing.Rating.Subscriptions.Contract;

namespace Billing.Service.Ingestion;

/// <summary>A part of a batch: events, rated calls, usage, rejects and counts, ready to be written in one transaction.</summary>
internal sealed class BatchPart(byte no)
{
    private const int LongestRejectText = 256;

    private readonly Dictionary<(Contract, UsageMonth), int> _usageStreams = [];
    private readonly Dictionary<(Contract, UsageMonth), Yen?> _limits = [];
    private CallJson? _json;

    public byte No { get; } = no;

    /// <summary>What the part was built with.</summary>
    public BatchContext Context { get; private set; }

    public EventBuffer Events { get; } = new(24 << 20);

    public RatedCallRows RatedCalls { get; } = new(12 << 20);

    public UsageIncrements Usage { get; } = new();

    public CopyBuffer Rejects { get; } = new();

    public CopyBuffer Suspended { get; } = new();

    /// <summary>Halves that have to wait for their other half.</summary>
    public List<CallHalf> Waiting { get; } = [];

    /// <summary>Halves of earlier files that wait no longer, and whether a call was made of them.</summary>
    public List<(Guid Half, bool IsJoined, long Line)> Resolved { get; } = [];

    /// <summary>Parts that became a call with others of the file.</summary>
    public List<CallHalf> Made { get; } = [];

    public ReceiptCounts Counts { get; private set; } = new();

    public HashSet<UsageMonth> Months { get; } = [];

    /// <summary>The ids of the events to be written.</summary>
    public List<Guid> EventIds { get; } = [];

    /// <summary>The limits of the contracts that the part adds usage to.</summary>
    public IReadOnlyDictionary<(string Contract, UsageMonth Month), Yen> Limits =>
        _limits.Where(pair => pair.Value is not null).ToDictionary(pair => (pair.Key.Item1.Id, pair.Key.Item2), pair => pair.Value!.Value);

    /// <summary>Forgets what was built.</summary>
    public void Begin(BatchContext context, CallJson json)
    {
        Context = context;
        _json = json;
        _usageStreams.Clear();
        _limits.Clear();
        Events.Clear();
        RatedCalls.Clear();
        Usage.Clear();
        Rejects.Clear();
        Suspended.Clear();
        Waiting.Clear();
        Resolved.Clear();
        Made.Clear();
        Counts = new ReceiptCounts();
        Months.Clear();
        EventIds.Clear();
    }

    public void Accept(Guid id, in CdrRow row, in RatedCall call, long line)
    {
        if (call.Outcome == Outcome.Suspended)
        {
            Suspend(id, row, call.Reason, line);
            return;
        }

        Counts.Add(call.Outcome);
        Months.Add(call.UsageMonth);
        Events.Add(StreamOf(call), id, "call_recorded.v1"u8, _json!.Write(row, SuspenseReason.None, Context.Delivery, line, Context.Known), Context.NowMs);
        EventIds.Add(id);
        RatedCalls.Add(id, row, call, Context.Delivery, line);
        Usage.Count(call);
        if (call.Outcome == Outcome.Rated)
        {
            ref var limit = ref CollectionsMarshal.GetValueRefOrAddDefault(_limits, (call.Contract!, call.UsageMonth), out var seen);
            if (!seen)
            {
                limit = BillingMonth.LimitOf(call.Contract!, call.UsageMonth);
            }
        }
    }

    public void Suspend(Guid id, in CdrRow row, SuspenseReason reason, long line)
    {
        var month = Tokyo.MonthOf(Tokyo.DayOf(row.AnsweredMs ?? row.StartedMs));
        var stream = UsageStreams.Suspense(Encoding.ASCII.GetString(row.Source), month);
        Counts.Add(Outcome.Suspended, reason);
        Events.Add(Events.Stream(stream), id, "call_suspended.v1"u8, _json!.Write(row, reason, Context.Delivery, line, Context.Known), Context.NowMs);
        EventIds.Add(id);
        SuspenseRows.Add(Suspended, id, stream, row, reason, month, Context.Delivery, line);
    }

    public void Reject(in CdrRow row, RejectReason reason, long line) => Reject(row.Source, row.RecordId, reason, line, "", "");

    /// <summary>Accounts for a row that is no line of cdr v1: refused by the profile, no call, or the half of one.</summary>
    public void Account(ProfiledRow row)
    {
        switch (row.Fate)
        {
            case RowFate.Rejected:
                Reject(Encoding.UTF8.GetBytes(row.Source), Encoding.UTF8.GetBytes(row.RecordId), row.Fault!.Reason, row.Line, row.Fault.Field, row.Fault.Detail);
                break;
            case RowFate.Duplicate:
                Counts.Add(Outcome.Duplicate);
                break;
            default:
                Counts.Add(row);
                break;
        }

        if (row.Fate == RowFate.Waiting)
        {
            Waiting.AddRange(row.Halves);
        }
        else
        {
            Resolve(row);
        }
    }

    /// <summary>The halves of earlier files that the row was made with wait no longer.</summary>
    public void Resolve(ProfiledRow? row)
    {
        if (row is not null)
        {
            Resolved.AddRange(row.Halves.Select(half => (half.Id, row.Suspense != SuspenseReason.OtherHalfMissing, row.Line)));
            Made.AddRange(row.Made);
        }
    }

    private void Reject(ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, RejectReason reason, long line, string field, string detail)
    {
        Counts.Add(Outcome.Rejected, reject: reason);
        Rejects.BeginRow(7);
        Rejects.BigInt(Context.Delivery);
        Rejects.BigInt(line);
        Rejects.Text(Words.Of(reason));
        Rejects.Text(Shortened(source));
        Rejects.Text(Shortened(recordId));
        Rejects.Text(Encoding.UTF8.GetBytes(field));
        Rejects.Text(Encoding.UTF8.GetBytes(detail));
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
}
