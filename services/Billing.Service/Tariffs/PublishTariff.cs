using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Marten;
using Wolverine.Marten;

namespace Billing.Service.Tariffs;

/// <summary>Publishes the versions of a tariff document, all of them or none. Versions that stand already with the same text change nothing.</summary>
/// <param name="AcceptWarnings">True to publish although the review warns.</param>
/// <param name="ReviewedAt">The version of the tariff's stream that was reviewed; refused when another publication came after it. Null: not reviewed before.</param>
public sealed record PublishTariff(TariffsDocument Document, bool AcceptWarnings, long? ReviewedAt = null)
{
    [JsonIgnore]
    public string Tariff => Document.Tariffs.Count == 0 ? "" : Document.Tariffs[0].Id;

    [JsonIgnore]
    public string Stream => KnowledgeStreams.Tariff(Tariff);
}

public static class PublishTariffHandler
{
    public static async Task<OtherTariffs> LoadAsync(PublishTariff command, IDocumentSession session, CancellationToken cancellation)
    {
        await KnowledgeTurn.TakeAsync(session, cancellation);
        return await OtherTariffs.LoadAsync(session, command.Tariff, cancellation);
    }

    public static Refusal? Validate(PublishTariff command, PublishedTariff? tariff, OtherTariffs others)
    {
        var (review, fault) = TariffReview.Of(tariff?.Versions ?? [], command.Document);
        return fault is not null ? new Refusal(StoredText.DocumentRule, fault.ToString())
            : StoredText.RefuseId(command.Tariff, "tariff's id")
            ?? StoredText.Refuse(command.Document)
            ?? others.Refuse(command.Tariff)
            ?? StoredText.RefuseStale(command.ReviewedAt, tariff?.Version ?? 0)
            ?? (!command.AcceptWarnings && review!.Warnings.Any()
                ? new Refusal("review", $"the tariff is published only past its warnings: {string.Join("; ", review.Warnings)}")
                : null);
    }

    public static (CommandResult Result, Events Events) Handle(
        PublishTariff command, [WriteAggregate(nameof(PublishTariff.Stream), Required = false)] PublishedTariff? tariff)
    {
        var review = TariffReview.Of(tariff?.Versions ?? [], command.Document).Review!;
        return (CommandResult.Done(command.Tariff), [.. review.Changed.Select(version => new TariffVersionPublished(version.Tariff))]);
    }
}
