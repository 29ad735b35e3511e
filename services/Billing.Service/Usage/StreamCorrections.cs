using Billing.Contracts.Events;

namespace Billing.Service.Usage;

/// <summary>What corrections made of one call: taken back, with other facts, rated with other knowledge; null where it stays as recorded.</summary>
internal readonly record struct CorrectedCall(bool IsVoided, CallRecord? Facts, long? Known);

/// <summary>
/// What the correction events of one stream say of its calls. Pure: made of the events up to some version, it answers for
/// any call of the stream.
/// </summary>
internal sealed class StreamCorrections
{
    public const string Voided = "call_voided.v1";
    public const string Corrected = "call_corrected.v1";
    public const string Rerated = "usage_rerated.v1";

    private readonly HashSet<Guid> _voided = [];
    private readonly Dictionary<Guid, (long Version, CallCorrected Correction)> _corrected = [];
    private readonly List<(long Version, long Known, HashSet<Guid> Except)> _rerated = [];

    private StreamCorrections()
    {
    }

    /// <summary>A stream that nothing was corrected on.</summary>
    public static StreamCorrections None { get; } = new();

    /// <summary>The event types by the name they are stored under.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } = new Dictionary<string, Type>(StringComparer.Ordinal)
    {
        [Voided] = typeof(CallVoided),
        [Corrected] = typeof(CallCorrected),
        [Rerated] = typeof(UsageRerated),
    };

    /// <param name="events">Events of the stream with their versions, in any order; those that correct nothing are passed over.</param>
    /// <param name="before">Only events with a lower version are looked at.</param>
    public static StreamCorrections Of(IEnumerable<(long Version, object Event)> events, long before = long.MaxValue)
    {
        StreamCorrections? corrections = null;
        foreach (var (version, happened) in events.Where(one => one.Version < before).OrderBy(one => one.Version))
        {
            corrections ??= new StreamCorrections();
            corrections.Take(version, happened);
        }

        return corrections ?? None;
    }

    /// <param name="call">The id of the event that recorded or suspended the call.</param>
    /// <param name="version">That event's version on the stream.</param>
    public CorrectedCall Of(Guid call, long version)
    {
        if (ReferenceEquals(this, None))
        {
            return default;
        }

        if (_voided.Contains(call))
        {
            return new CorrectedCall(true, null, null);
        }

        // of two that say with what to rate, the later one counts
        var (since, facts, known) = _corrected.TryGetValue(call, out var corrected)
            ? (corrected.Version, corrected.Correction.Facts, (long?)corrected.Correction.Known)
            : (version, null, null);
        for (var i = _rerated.Count - 1; i >= 0 && _rerated[i].Version > since; i--)
        {
            if (!_rerated[i].Except.Contains(call))
            {
                return new CorrectedCall(false, facts, _rerated[i].Known);
            }
        }

        return new CorrectedCall(false, facts, known);
    }

    private void Take(long version, object happened)
    {
        switch (happened)
        {
            case CallVoided voided:
                _voided.Add(voided.Call);
                break;
            case CallCorrected corrected:
                _corrected[corrected.Call] = (version, corrected);
                break;
            case UsageRerated rerated:
                _rerated.Add((version, rerated.Known, [.. rerated.Except ?? []]));
                break;
        }
    }
}
