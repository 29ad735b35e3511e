using Billing.Contracts;

namespace Billing.Rating.Invoicing;

/// <summary>What calls are grouped by on an invoice.</summary>
public readonly record struct UsageKey(CallClass Class, string? Carrier, TaxCategory TaxCategory);

/// <summary>The calls of one group: how many, their chargeable time, and the exact sum of their charges.</summary>
public sealed record UsageLine(UsageKey Key, long Calls, long ChargeableMs, Yen Sum)
{
    /// <summary>The amount on the invoice: the sum rounded down to whole yen.</summary>
    public Yen Amount => Sum.TruncateToWhole();
}
