using Billing.Rating.Calls;
using Billing.Rating.Reference;
using Billing.Rating.Subscriptions;
using Billing.Rating.Tariffs;

namespace Billing.Service.Knowledge;

/// <summary>
/// What was known at a number: contracts, tariff and reference, compiled. It never changes; a call that was rated with number
/// N is rated the same again with what was known at N.
/// </summary>
/// <param name="No">The number of the last change it contains; 0 when nothing was known yet.</param>
public sealed record RatingKnowledge(long No, ContractBook Contracts, TariffBook Tariffs, ReferenceTables Reference)
{
    public CallRater Rater { get; } = new(Contracts, Tariffs, Reference);
}
