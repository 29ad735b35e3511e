using Billing.Contracts.Events;
using Marten;

namespace Billing.Service.Knowledge;

/// <summary>The streams whose events are knowledge, and the names under which those events are stored.</summary>
/// <remarks>An event that gets another shape gets another name; the old one stays here with a type that is brought up to the new one where it is taken.</remarks>
internal static class KnowledgeStreams
{
    public const string ContractPrefix = "contract-";
    public const string TariffPrefix = "tariff-";
    public const string ReferencePrefix = "reference-";
    public const string Reference = ReferencePrefix + "tables";

    private static readonly Dictionary<string, Type> EventTypes = new(StringComparer.Ordinal)
    {
        ["contract_opened.v1"] = typeof(ContractOpened),
        ["customer_changed.v1"] = typeof(CustomerChanged),
        ["opening_moved.v1"] = typeof(OpeningMoved),
        ["number_assigned.v1"] = typeof(NumberAssigned),
        ["number_withdrawn.v1"] = typeof(NumberWithdrawn),
        ["usage_limits_set.v1"] = typeof(UsageLimitsSet),
        ["options_set.v1"] = typeof(OptionsSet),
        ["billing_station_set.v1"] = typeof(BillingStationSet),
        ["contract_terminated.v1"] = typeof(ContractTerminated),
        ["termination_cancelled.v1"] = typeof(TerminationCancelled),
        ["deposit_recorded.v1"] = typeof(DepositRecorded),
        ["tariff_version_published.v1"] = typeof(TariffVersionPublished),
        ["tariff_version_withdrawn.v1"] = typeof(TariffVersionWithdrawn),
        ["reference_published.v1"] = typeof(ReferencePublished),
    };

    /// <summary>The event types by the name they are stored under.</summary>
    public static IReadOnlyDictionary<string, Type> Types => EventTypes;

    public static string Contract(string id) => ContractPrefix + id;

    public static string Tariff(string id) => TariffPrefix + id;

    /// <summary>True when what is appended to the stream changes what is known.</summary>
    public static bool Holds(string? stream) => stream is not null
        && (stream.StartsWith(ContractPrefix, StringComparison.Ordinal)
            || stream.StartsWith(TariffPrefix, StringComparison.Ordinal)
            || stream.StartsWith(ReferencePrefix, StringComparison.Ordinal));

    public static void MapEventTypes(StoreOptions options)
    {
        foreach (var (name, type) in EventTypes)
        {
            options.Events.MapEventType(type, name);
        }
    }
}
