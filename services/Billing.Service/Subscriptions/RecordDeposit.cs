using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Subscriptions;

/// <summary>Records a movement of a contract's deposit (保証金, R13): shown to finance, never on an invoice.</summary>
/// <param name="Kind"><c>required</c>, <c>received</c>, <c>returned</c> or <c>set-off</c>.</param>
/// <param name="ReviewedAt">The version of the contract's stream that it is recorded on; null: whatever stands.</param>
public sealed record RecordDeposit(string Contract, string Kind, Yen Amount, LocalDate On, long? ReviewedAt = null) : IContractMessage
{
    [JsonIgnore]
    public string Stream => KnowledgeStreams.Contract(Contract);
}

public static class RecordDepositHandler
{
    private static readonly string[] Kinds = ["required", "received", "returned", "set-off"];

    public static Refusal? Validate(RecordDeposit command, SubscribedContract? contract) =>
        contract is null ? new Refusal("R13", $"there is no contract {command.Contract}")
        : !Kinds.Contains(command.Kind) ? new Refusal("R13", $"a deposit is {string.Join(", ", Kinds)}, not '{command.Kind}'")
        : command.Amount <= Yen.Zero || !command.Amount.IsWhole ? new Refusal("R13", "a deposit is whole yen, more than 0")
        : StoredText.RefuseStale(command.ReviewedAt, contract.Version);

    public static (CommandResult Result, Events Events) Handle(
        RecordDeposit command, [WriteAggregate(nameof(RecordDeposit.Stream), Required = false)] SubscribedContract? contract) =>
        (CommandResult.Done(contract!.Contract), [new DepositRecorded(command.Kind, command.Amount, command.On)]);
}
