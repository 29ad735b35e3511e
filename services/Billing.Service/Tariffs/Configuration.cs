using Marten;

namespace Billing.Service.Tariffs;

/// <summary>Tariffs (<c>tariff-{id}</c>) and reference data (<c>reference-tables</c>).</summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        options.Projections.LiveStreamAggregation<PublishedTariff>();
        options.Projections.LiveStreamAggregation<PublishedReference>();
    }
}
