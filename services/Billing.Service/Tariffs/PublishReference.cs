using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating.Reference;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Wolverine.Marten;

namespace Billing.Service.Tariffs;

/// <summary>Replaces the reference data whole. The same document again changes nothing.</summary>
/// <param name="ReviewedAt">The version of the reference's stream that it replaces; null: whatever stands.</param>
public sealed record PublishReference(ReferenceDocument Reference, long? ReviewedAt = null)
{
    [JsonIgnore]
    public string Stream => KnowledgeStreams.Reference;
}

public static class PublishReferenceHandler
{
    /// <summary>What <see cref="CommandResult.Id"/> says of a publication that changed nothing.</summary>
    public const string Unchanged = "unchanged";

    public const string Published = "published";

    public static Refusal? Validate(PublishReference command, PublishedReference? reference) =>
        StoredText.Refuse(command.Reference)
        ?? (ReferenceTables.Compile(command.Reference).Fault is { } fault ? new Refusal(StoredText.DocumentRule, fault.ToString()) : null)
        ?? StoredText.RefuseStale(command.ReviewedAt, reference?.Version ?? 0);

    public static (CommandResult Result, Events Events) Handle(
        PublishReference command, [WriteAggregate(nameof(PublishReference.Stream), Required = false)] PublishedReference? reference) =>
        // the built-in reference changes with the program, so the same text published is a fact of its own
        reference?.Document is { } document && SameDocument.Is(document, command.Reference)
            ? (CommandResult.Done(Unchanged), [])
            : (CommandResult.Done(Published), [new ReferencePublished(command.Reference)]);
}
