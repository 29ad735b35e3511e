using Billing.Contracts.Events;
using Marten;

namespace Billing.Service.Tariffs;

/// <summary>Tariffs (<c>tariff-{id}</c>) and reference data (<c>reference-tables</c>).</summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<TariffVersionPublished>("tariff_version_published.v1");
        options.Events.MapEventType<TariffVersionWithdrawn>("tariff_version_withdrawn.v1");
        options.Events.MapEventType<ReferencePublished>("reference_published.v1");
    }
}
