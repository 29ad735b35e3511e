using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;
using Billing.Rating.Subscriptions;

namespace Billing.Rating.Invoicing;

/// <summary>The reasoning of the lines of an invoice that do not depend on calls.</summary>
public static class FeeReasons
{
    /// <summary>
    /// The monthly and statutory lines of a contract in the order of its invoice, each with the figures it was computed from:
    /// they are the first lines of the invoice. A refusal when the contract cannot be invoiced.
    /// </summary>
    public static (IReadOnlyList<(InvoiceLineDocument Line, Figures Figures)> Lines, Refusal? Refusal) Of(Contract contract, BillingMonth month)
    {
        var (lines, refusal) = MonthlyFees.Lines(contract, month);
        return ([.. InvoiceCalculator.Ordered(lines).Select(line => (line.Line, line.Figures!))], refusal);
    }
}
