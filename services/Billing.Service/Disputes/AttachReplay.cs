using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Hosting.Refusals;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Disputes;

/// <summary>Attaches the result of a replay to an open dispute: what it was made from and what came out.</summary>
public sealed record AttachReplay(string Dispute, AttachedReplay Replay, string By, LocalDate On)
{
    [JsonIgnore]
    public string Stream => DisputeRules.Stream(Dispute);
}

public static class AttachReplayHandler
{
    public static Refusal? Validate(AttachReplay command, Dispute? dispute) =>
        DisputeRules.RefuseChange(dispute, command.Dispute, command.By, command)
        ?? DisputeRules.Needed(command.Replay.Sha256, "the digest of the replay")
        ?? DisputeRules.RefuseDigest(command.Replay.Sha256)
        ?? DisputeRules.RefuseDigest(command.Replay.TariffSha256)
        ?? DisputeRules.RefuseDigest(command.Replay.ReferenceSha256)
        ?? DisputeRules.RefuseDigest(command.Replay.CorrectionsSha256);

    public static (CommandResult Result, Events Events) Handle(
        AttachReplay command, [WriteAggregate(nameof(AttachReplay.Stream), Required = false)] Dispute? dispute) =>
        (CommandResult.Done(dispute!.Opened!.Dispute), [new DisputeReplayAttached(command.Replay, command.By, command.On)]);
}
