using JasperFx.Events.Projections;
using Marten;

namespace Billing.Service.Subscriptions;

/// <summary>Contracts: <c>contract-{id}</c> streams, and who holds which number.</summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        options.Projections.LiveStreamAggregation<SubscribedContract>();
        options.Projections.Add(new NumberEntries(), ProjectionLifecycle.Inline);
        NumberEntries.AddTables(options);
    }
}
