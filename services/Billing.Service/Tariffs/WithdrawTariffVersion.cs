using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Wolverine.Marten;

namespace Billing.Service.Tariffs;

/// <summary>Takes a version back, as if it had never been published, from now on: what was known before still knows it.</summary>
/// <param name="ReviewedAt">The version of the tariff's stream that it is withdrawn from; null: whatever stands.</param>
public sealed record WithdrawTariffVersion(string Tariff, string TariffVersion, long? ReviewedAt = null)
{
    [JsonIgnore]
    public string Stream => KnowledgeStreams.Tariff(Tariff);
}

public static class WithdrawTariffVersionHandler
{
    public static Refusal? Validate(WithdrawTariffVersion command, PublishedTariff? tariff) =>
        tariff?.Versions.Any(version => version.Version == command.TariffVersion) == true
            ? StoredText.RefuseStale(command.ReviewedAt, tariff.Version)
            : new Refusal(StoredText.DocumentRule, $"tariff '{command.Tariff}' has no version '{command.TariffVersion}'");

    public static (CommandResult Result, Events Events) Handle(
        WithdrawTariffVersion command, [WriteAggregate(nameof(WithdrawTariffVersion.Stream), Required = false)] PublishedTariff? tariff) =>
        (CommandResult.Done(tariff!.Id), [new TariffVersionWithdrawn(command.TariffVersion)]);
}
