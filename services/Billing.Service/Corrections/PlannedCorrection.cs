using Billing.Contracts.Events;
using Billing.Service.Usage;

namespace Billing.Service.Corrections;

/// <summary>A correction that is decided and not yet written: which event, once it is known on what grounds.</summary>
/// <param name="CallVersion">The version at which the call was recorded; null when it concerns all calls of the stream.</param>
/// <param name="EventId">The id of the event.</param>
internal sealed record PlannedCorrection(string Stream, Guid Call, long? CallVersion, Guid EventId, byte[] Type, Func<CorrectionGrounds, object> Event)
{
    public static PlannedCorrection Void(FoundCall call) =>
        new(call.Stream, call.Id, call.Version, CallEventId.OfVoid(call.Id), "call_voided.v1"u8.ToArray(), grounds => new CallVoided(call.Id, grounds));

    public static PlannedCorrection Correct(FoundCall call, CallRecord facts, long known) =>
        new(call.Stream, call.Id, call.Version, Guid.NewGuid(), "call_corrected.v1"u8.ToArray(), grounds => new CallCorrected(call.Id, facts, known, grounds));

    /// <param name="except">Calls of the stream that stay as they are.</param>
    public static PlannedCorrection Rerate(string stream, long known, IReadOnlyList<Guid> except) => new(
        stream, Guid.Empty, null, Guid.NewGuid(), "usage_rerated.v1"u8.ToArray(), grounds => new UsageRerated(known, grounds, except.Count == 0 ? null : except));
}
