using Billing.Contracts.Events;
using Marten;

namespace Billing.Service.Subscriptions;

/// <summary>Contracts: <c>contract-{id}</c> streams.</summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<ContractOpened>("contract_opened.v1");
        options.Events.MapEventType<CustomerChanged>("customer_changed.v1");
        options.Events.MapEventType<OpeningMoved>("opening_moved.v1");
        options.Events.MapEventType<NumberAssigned>("number_assigned.v1");
        options.Events.MapEventType<NumberWithdrawn>("number_withdrawn.v1");
        options.Events.MapEventType<UsageLimitsSet>("usage_limits_set.v1");
        options.Events.MapEventType<OptionsSet>("options_set.v1");
        options.Events.MapEventType<BillingStationSet>("billing_station_set.v1");
        options.Events.MapEventType<ContractTerminated>("contract_terminated.v1");
        options.Events.MapEventType<TerminationCancelled>("termination_cancelled.v1");
        options.Events.MapEventType<DepositRecorded>("deposit_recorded.v1");
    }
}
