using System.Runtime.InteropServices;
using Billing.Contracts;
using Billing.Formats;
using Billing.Rating;
using Billing.Rating.Calls;
using Billing.Rating.Records;
using Billing.Service.Sharding;
using Billing.Service.Usage;
using Contract = Billing.Rating.Subscriptions.Contract;

namespace Billing.Service.Ingestion;

/// <summary>
/// What a batch of lines becomes, in parts that are written side by side: the calls of a contract are all in one part, and so are
/// all records of one identity. Built from the raw lines; a part is built again from its lines when some of their records turn out
/// to be held already.
/// </summary>
internal sealed class CallBatch : IDisposable
{
    /// <summary>As many as there are connections that write one file.</summary>
    public const int PartCount = 2;

    private static readonly Dictionary<Guid, HeldCall> NothingHeld = [];

    private readonly CallJson _json = new();
    private readonly Dictionary<Guid, (ulong Content, byte Part)> _contents = [];
    private readonly Dictionary<Contract, byte> _contracts = [];
    private readonly List<byte> _partOfLine = [];
    private RatedCall _call;

    public RawBatch Raw { get; } = new();

    public IReadOnlyList<BatchPart> Parts { get; } = [.. Enumerable.Range(0, PartCount).Select(no => new BatchPart((byte)no))];

    /// <summary>Builds all parts as if the log held none of the records.</summary>
    public void Build(CdrParser parser, BatchContext context)
    {
        Clear(Parts, context);
        _contracts.Clear();
        _partOfLine.Clear();
        for (var i = 0; i < Raw.Count; i++)
        {
            _partOfLine.Add(TakeLine(parser, i, context.Rater, null, NothingHeld));
        }
    }

    /// <summary>Builds one part again, from the lines that made it. Parts may ask for it at the same time.</summary>
    /// <param name="context">Other than before when more is known by now.</param>
    /// <param name="held">The records that the log holds already, by event id.</param>
    public void Rebuild(BatchPart part, CdrParser parser, BatchContext context, IReadOnlyDictionary<Guid, HeldCall> held)
    {
        lock (_json)
        {
            Clear([part], context);
            for (var i = 0; i < Raw.Count; i++)
            {
                if (_partOfLine[i] == part.No)
                {
                    TakeLine(parser, i, context.Rater, part, held);
                }
            }
        }
    }

    public void Dispose() => _json.Dispose();

    private void Clear(IEnumerable<BatchPart> parts, BatchContext context)
    {
        _contents.Clear();
        foreach (var part in parts)
        {
            part.Begin(context, _json);
        }
    }

    /// <summary>Takes a line into the part given, or else into that of its contract; returns the part.</summary>
    private byte TakeLine(CdrParser parser, int index, CallRater rater, BatchPart? part, IReadOnlyDictionary<Guid, HeldCall> held)
    {
        var (line, isCut, profiled) = Raw[index];
        if (profiled is { Fate: not (RowFate.Call or RowFate.Suspended) })
        {
            part ??= Parts[0];
            part.Account(profiled);
            return part.No;
        }

        var row = parser.Parse(Raw.Line(index));
        if (isCut || (row.Reject != RejectReason.None && !IsKeptAnyway(row.Reject, profiled)))
        {
            part ??= Parts[0];
            part.Reject(row, isCut ? RejectReason.FieldTooLong : row.Reject, line);
            part.Resolve(profiled);
            return part.No;
        }

        try
        {
            return Take(row, line, profiled, rater, part, held);
        }
        catch (OverflowException fault)
        {
            throw new OverflowException($"line {line}: the charge is larger than an amount can hold", fault);
        }
    }

    /// <summary>The half of a call may name no number: it is kept whole all the same, because somebody has to look at it anyway.</summary>
    private static bool IsKeptAnyway(RejectReason reject, ProfiledRow? profiled) =>
        reject == RejectReason.BadNumber && profiled?.Suspense == SuspenseReason.OtherHalfMissing;

    private byte Take(in CdrRow row, long line, ProfiledRow? profiled, CallRater rater, BatchPart? part, IReadOnlyDictionary<Guid, HeldCall> held)
    {
        var identity = CallIdentity.Of(row);
        var id = CallEventId.Of(row, identity, profiled);
        ref var first = ref Sight(ref id, identity, held, out var sighting);
        if (sighting == Sighting.New && profiled?.Fate == RowFate.Suspended)
        {
            part ??= Parts[0];
            first.Part = part.No;
            part.Suspend(id, row, profiled.Suspense, line);
            part.Resolve(profiled);
            return part.No;
        }

        if (sighting == Sighting.New)
        {
            rater.Rate(row.Facts, ref _call);
            part ??= Parts[PartOf(_call.Contract)];
            first.Part = part.No;
            if (_call.Contract is { } payer && part.Context.Spread?.IsElsewhere(payer.Id) == true)
            {
                part.Suspend(id, row, SuspenseReason.ContractElsewhere, line);
            }
            else
            {
                part.Accept(id, row, _call, line);
            }

            part.Resolve(profiled);
            return part.No;
        }

        part ??= Parts[first.Part];
        part.Resolve(profiled);

        // a half that has waited in vain is of a call that came whole: nothing is missing; copies of parts are known, so such a part is another
        if (sighting == Sighting.Conflicting && (profiled?.Suspense != SuspenseReason.OtherHalfMissing || part.Context.Profile!.JoinsParts))
        {
            id = CallEventId.OfConflicting(row, identity);
            Sight(ref id, identity, held, out sighting);
            if (sighting == Sighting.New)
            {
                part.Suspend(id, row, SuspenseReason.ConflictingDuplicate, line);
                return part.No;
            }
        }

        part.Counts.Add(Outcome.Duplicate);
        return part.No;
    }

    /// <summary>A contract that is met for the first time goes to the part with the fewest rows.</summary>
    private byte PartOf(Contract? contract)
    {
        if (contract is null)
        {
            return 0;
        }

        ref var part = ref CollectionsMarshal.GetValueRefOrAddDefault(_contracts, contract, out var known);
        if (!known)
        {
            part = Parts.MinBy(one => one.Counts.Rows)!.No;
        }

        return part;
    }

    /// <summary>
    /// Whether the record is new; the id of one that was voided leads to that of the record in its place. Returns the first record of
    /// the identity in this batch, a null reference when it is held.
    /// </summary>
    private ref (ulong Content, byte Part) Sight(ref Guid id, in CallIdentity identity, IReadOnlyDictionary<Guid, HeldCall> held, out Sighting sighting)
    {
        while (held.TryGetValue(id, out var call))
        {
            if (!call.IsVoided)
            {
                sighting = call.Content == identity.Content ? Sighting.Duplicate : Sighting.Conflicting;
                return ref System.Runtime.CompilerServices.Unsafe.NullRef<(ulong, byte)>();
            }

            id = CallEventId.OfReplacement(id);
        }

        ref var first = ref CollectionsMarshal.GetValueRefOrAddDefault(_contents, id, out var seen);
        if (!seen)
        {
            first.Content = identity.Content;
            sighting = Sighting.New;
        }
        else
        {
            sighting = first.Content == identity.Content ? Sighting.Duplicate : Sighting.Conflicting;
        }

        return ref first;
    }

    private enum Sighting
    {
        New,
        Duplicate,
        Conflicting,
    }
}

/// <summary>What is the same for all rows of a part: the delivery, the knowledge it is rated with and its number, the instant of the append.</summary>
/// <param name="Profile">What made calls of the file's rows; null when it is cdr v1.</param>
/// <param name="Spread">Which rows of a file these are; null where nothing is spread.</param>
internal readonly record struct BatchContext(long Delivery, CallRater Rater, long Known, long NowMs, Profile? Profile, FilePart? Spread = null);
