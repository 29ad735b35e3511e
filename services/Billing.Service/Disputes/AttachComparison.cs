using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Hosting.Refusals;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Disputes;

/// <summary>Attaches a comparison with the other party's call list to an open dispute.</summary>
public sealed record AttachComparison(string Dispute, AttachedComparison Comparison, string By, LocalDate On)
{
    [JsonIgnore]
    public string Stream => DisputeRules.Stream(Dispute);
}

public static class AttachComparisonHandler
{
    public static Refusal? Validate(AttachComparison command, Dispute? dispute) =>
        DisputeRules.RefuseChange(dispute, command.Dispute, command.By, command)
        ?? DisputeRules.Needed(command.Comparison.File, "which file was compared")
        ?? DisputeRules.Needed(command.Comparison.FileSha256, "the digest of the file")
        ?? DisputeRules.RefuseDigest(command.Comparison.FileSha256);

    public static (CommandResult Result, Events Events) Handle(
        AttachComparison command, [WriteAggregate(nameof(AttachComparison.Stream), Required = false)] Dispute? dispute) =>
        (CommandResult.Done(dispute!.Opened!.Dispute), [new DisputeComparisonAttached(command.Comparison, command.By, command.On)]);
}
