using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Hosting.Refusals;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Disputes;

/// <summary>Adds evidence to an open dispute: what it is, where it lies, and the digest of the file if there is one.</summary>
public sealed record AddEvidence(string Dispute, string Description, string? Reference, string? Sha256, string By, LocalDate On)
{
    [JsonIgnore]
    public string Stream => DisputeRules.Stream(Dispute);
}

public static class AddEvidenceHandler
{
    public static Refusal? Validate(AddEvidence command, Dispute? dispute) =>
        DisputeRules.RefuseChange(dispute, command.Dispute, command.By, command)
        ?? DisputeRules.Needed(command.Description, "what the evidence is")
        ?? (command.Reference is null && command.Sha256 is null ? DisputeRules.Needed(null, "where the evidence lies, or its file,") : null)
        ?? DisputeRules.RefuseDigest(command.Sha256);

    public static (CommandResult Result, Events Events) Handle(
        AddEvidence command, [WriteAggregate(nameof(AddEvidence.Stream), Required = false)] Dispute? dispute) =>
        (CommandResult.Done(dispute!.Opened!.Dispute),
            [new DisputeEvidenceAdded(command.Description, command.Reference, command.Sha256, command.By, command.On)]);
}
