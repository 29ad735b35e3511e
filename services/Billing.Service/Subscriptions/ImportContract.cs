using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Marten;
using Wolverine.Marten;

namespace Billing.Service.Subscriptions;

/// <summary>Makes a contract what the document says, whether it is there already or not. The same document again changes nothing.</summary>
/// <param name="ReviewedAt">The version of the contract's stream that the document was made for, 0 when there was none; null: whatever stands.</param>
public sealed record ImportContract(ContractDocument Document, long? ReviewedAt = null) : IContractMessage
{
    [JsonIgnore]
    public string Contract => Document.Id;

    [JsonIgnore]
    public string Stream => KnowledgeStreams.Contract(Document.Id);
}

/// <summary>What the other contracts hold of the numbers in question, read while it is this command's turn.</summary>
public sealed class OtherHolders
{
    internal OtherHolders(IReadOnlyList<NumberStretch> stretches) => Stretches = stretches;

    internal IReadOnlyList<NumberStretch> Stretches { get; }
}

public static class ImportContractHandler
{
    /// <summary>From here to the commit nobody else changes a contract.</summary>
    public static async Task<OtherHolders> LoadAsync(ImportContract command, IDocumentSession session, CancellationToken cancellation)
    {
        await KnowledgeTurn.TakeAsync(session, cancellation);
        return new OtherHolders(await NumberEntries.HeldByOthersAsync(session, [command.Contract], NumberStretch.Of(command.Document), cancellation));
    }

    public static Refusal? Validate(ImportContract command, SubscribedContract? contract, OtherHolders others) =>
        StoredText.RefuseStale(command.ReviewedAt, contract?.Version ?? 0)
        ?? ContractRules.Check(contract, command.Document)
        ?? new NumberHoldings(others.Stretches)
            .Refuse([new NumberHoldings.Change(command.Contract, [], [.. NumberStretch.Of(command.Document)])])
            .GetValueOrDefault(command.Contract);

    public static (CommandResult Result, Events Events) Handle(
        ImportContract command, [WriteAggregate(nameof(ImportContract.Stream), Required = false)] SubscribedContract? contract) =>
        (CommandResult.Done(command.Contract), [.. ContractDecider.Decide(contract, command.Document)]);
}
