using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Hosting.Refusals;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Disputes;

/// <summary>Ends an open dispute because whoever opened it takes it back.</summary>
public sealed record WithdrawDispute(string Dispute, string Reason, string By, LocalDate On)
{
    [JsonIgnore]
    public string Stream => DisputeRules.Stream(Dispute);
}

public static class WithdrawDisputeHandler
{
    public static Refusal? Validate(WithdrawDispute command, Dispute? dispute) =>
        DisputeRules.RefuseChange(dispute, command.Dispute, command.By, command) ?? DisputeRules.Needed(command.Reason, "why it is withdrawn");

    public static (CommandResult Result, Events Events) Handle(
        WithdrawDispute command, [WriteAggregate(nameof(WithdrawDispute.Stream), Required = false)] Dispute? dispute) =>
        (CommandResult.Done(dispute!.Opened!.Dispute), [new DisputeWithdrawn(command.Reason, command.By, command.On)]);
}
