using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Knowledge;
using Marten;

namespace Billing.Service.Subscriptions;

/// <summary>Makes many contracts what their documents say, in one transaction; a contract that breaks a rule is left as it is.</summary>
public sealed record ImportContracts(IReadOnlyList<ContractDocument> Documents);

/// <summary>What became of a contract of an import.</summary>
/// <param name="Refusal">The rule it would break; null when it was imported or is unchanged.</param>
/// <param name="Changes">The events it took; 0 when it was that way already.</param>
public sealed record ImportedContract(string Contract, Refusal? Refusal, int Changes);

/// <summary>What became of each contract, in the order given.</summary>
public sealed record ContractsImported(IReadOnlyList<ImportedContract> Contracts);

public static class ImportContractsHandler
{
    public static async Task<ContractsImported> Handle(ImportContracts command, IDocumentSession session, CancellationToken cancellation)
    {
        await KnowledgeTurn.TakeAsync(session, cancellation);
        var current = await CurrentAsync(command.Documents, session, cancellation);
        var refused = RefuseEach(command.Documents, current);
        var wanted = command.Documents.Where(document => !refused.ContainsKey(document.Id)).ToList();
        await RefuseTakenNumbers(wanted, current, refused, session, cancellation);

        var imported = new List<ImportedContract>(command.Documents.Count);
        foreach (var document in command.Documents)
        {
            if (refused.TryGetValue(document.Id, out var refusal))
            {
                imported.Add(new ImportedContract(document.Id, refusal, 0));
                continue;
            }

            var contract = current.GetValueOrDefault(document.Id);
            var events = ContractDecider.Decide(contract, document);
            if (events.Count > 0 && contract is null)
            {
                session.Events.StartStream<SubscribedContract>(KnowledgeStreams.Contract(document.Id), events);
            }
            else if (events.Count > 0)
            {
                session.Events.Append(KnowledgeStreams.Contract(document.Id), events);
            }

            imported.Add(new ImportedContract(document.Id, null, events.Count));
        }

        return new ContractsImported(imported);
    }

    private static async Task<Dictionary<string, SubscribedContract>> CurrentAsync(
        IReadOnlyList<ContractDocument> documents, IDocumentSession session, CancellationToken cancellation)
    {
        var current = new Dictionary<string, SubscribedContract>(StringComparer.Ordinal);
        await using var command = KnowledgeReader.KnownOf([.. documents
            .Where(document => StoredText.RefuseId(document.Id, "id") is null)
            .Select(document => KnowledgeStreams.Contract(document.Id))]);
        await using var reader = await session.ExecuteReaderAsync(command, cancellation);
        await KnowledgeReader.ReadAsync(reader, Apply, cancellation);
        return current;

        void Apply(string stream, object happened)
        {
            var id = stream[KnowledgeStreams.ContractPrefix.Length..];
            if (!current.TryGetValue(id, out var contract))
            {
                current.Add(id, contract = new SubscribedContract());
            }

            contract.Take(happened);
        }
    }

    /// <summary>Refusals by the rules that look at one contract alone; of contracts named twice neither is taken.</summary>
    private static Dictionary<string, Refusal> RefuseEach(IReadOnlyList<ContractDocument> documents, Dictionary<string, SubscribedContract> current)
    {
        var refused = new Dictionary<string, Refusal>(StringComparer.Ordinal);
        foreach (var same in documents.GroupBy(document => document.Id, StringComparer.Ordinal))
        {
            var refusal = same.Skip(1).Any()
                ? new Refusal(StoredText.DocumentRule, $"contract '{same.Key}' stands in the document more than once")
                : ContractRules.Check(current.GetValueOrDefault(same.Key), same.First());
            if (refusal is not null)
            {
                refused.Add(same.Key, refusal);
            }
        }

        return refused;
    }

    private static async Task RefuseTakenNumbers(
        List<ContractDocument> wanted,
        Dictionary<string, SubscribedContract> current,
        Dictionary<string, Refusal> refused,
        IDocumentSession session,
        CancellationToken cancellation)
    {
        var changes = wanted.ConvertAll(document => new NumberHoldings.Change(
            document.Id,
            current.GetValueOrDefault(document.Id) is { } contract ? [.. NumberStretch.Of(contract.ToDocument())] : [],
            [.. NumberStretch.Of(document)]));
        var others = await NumberEntries.HeldByOthersAsync(
            session,
            changes.Select(change => change.Contract).ToHashSet(StringComparer.Ordinal),
            changes.SelectMany(change => change.Before.Concat(change.After)),
            cancellation);
        foreach (var (contract, refusal) in new NumberHoldings(others).Refuse(changes))
        {
            refused.Add(contract, refusal);
        }
    }
}
