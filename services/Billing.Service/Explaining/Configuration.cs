using Billing.Contracts.Events;
using Marten;

namespace Billing.Service.Explaining;

/// <summary>Explanations read what others wrote; of their own they only leave who saw numbers in full: <c>audit-{month}</c> streams.</summary>
internal static class Configuration
{
    public const string NumbersRevealed = "numbers_revealed.v1";

    public static void Configure(StoreOptions options) => options.Events.MapEventType<NumbersRevealed>(NumbersRevealed);
}
