using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Hosting.Refusals;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Disputes;

/// <summary>Notes that somebody is given the dispute's file with full telephone numbers, and why; the file may be given out after that.</summary>
public sealed record RevealNumbers(string Dispute, string Reason, string By, LocalDate On, Instant? At = null)
{
    [JsonIgnore]
    public string Stream => DisputeRules.Stream(Dispute);
}

public static class RevealNumbersHandler
{
    public static Refusal? Validate(RevealNumbers command, Dispute? dispute) =>
        DisputeRules.RefuseAccess(dispute, command.Dispute, command.By, command) ?? DisputeRules.Needed(command.Reason, "why full numbers are needed");

    public static (CommandResult Result, Events Events) Handle(
        RevealNumbers command, [WriteAggregate(nameof(RevealNumbers.Stream), Required = false)] Dispute? dispute) =>
        (CommandResult.Done(dispute!.Opened!.Dispute), [new DisputeNumbersRevealed(command.Reason, command.By, command.On, command.At)]);
}
