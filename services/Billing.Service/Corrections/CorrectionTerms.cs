using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Hosting;
using Billing.Service.Invoicing;

namespace Billing.Service.Corrections;

/// <summary>How calls that invoices cover are corrected: the difference goes on a document.</summary>
/// <param name="As"><c>credit-note</c> or <c>adjustment</c> on the next invoice.</param>
/// <param name="Dispute">The dispute that it settles; null for an adjustment by finance.</param>
/// <param name="RefusesSample">True in production: an invoice in the name of the made-up sample gets no document.</param>
public sealed record InvoicedCorrection(string As, string? Dispute, bool RefusesSample = false)
{
    public static IReadOnlyList<string> Forms { get; } = [GrantWords.CreditNote, GrantWords.Adjustment];

    public static string Expected { get; } = $"{string.Join(" or ", Forms)} is expected";

    /// <summary>Reads how invoiced calls are corrected; null when nothing is asked for. False when the form is none.</summary>
    public static bool TryParse(string? form, string? dispute, BillingSettings settings, out InvoicedCorrection? invoiced)
    {
        invoiced = form is null ? null : new InvoicedCorrection(form, dispute, settings.Production);
        return form is null || Forms.Contains(form);
    }
}

/// <summary>Who corrects, why, and whether what is on invoices may be corrected by documents.</summary>
/// <param name="Write">False to show the effect only.</param>
public sealed record CorrectionTerms(CorrectionGrounds Grounds, bool Write, InvoicedCorrection? Invoiced = null);

/// <summary>What a document must carry that corrects calls which one invoice covers.</summary>
/// <param name="Lines">The signed lines of section <c>adjustment</c>.</param>
/// <param name="Covered">What the document adds, signed, to the usage that was invoiced.</param>
public sealed record InvoiceAdjustment(string Invoice, string Contract, UsageMonth Month, IReadOnlyList<InvoiceLineDocument> Lines, CoveredUsage Covered)
{
    /// <summary>The number of the document, once written.</summary>
    public string? Document { get; init; }

    /// <summary>Who issues it: the issuer of the invoice.</summary>
    [JsonIgnore]
    public IssuerDocument? Issuer { get; init; }
}

/// <summary>What a correction does to the usage of one contract and month.</summary>
/// <param name="Contract">Empty for calls that nobody holds.</param>
/// <param name="Calls">Calls that are voided or rated anew.</param>
/// <param name="Before">The month's exact charges before and after.</param>
public sealed record CorrectionEffect(string Contract, UsageMonth Month, long Calls, Yen Before, Yen After);

/// <summary>What was done, or would be.</summary>
/// <param name="Suspended">Records voided that were suspended.</param>
/// <param name="Adjustments">What goes on documents because invoices cover it.</param>
public sealed record CorrectionReport(
    bool Written, long Calls, long Suspended, IReadOnlyList<CorrectionEffect> Effects, IReadOnlyList<InvoiceAdjustment> Adjustments);
