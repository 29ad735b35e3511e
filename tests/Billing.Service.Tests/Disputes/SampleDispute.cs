using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Disputes;
using Billing.Service.Invoicing;
using NodaTime;

namespace Billing.Service.Tests.Disputes;

/// <summary>A dispute and its invoice told in events, without a database.</summary>
internal static class SampleDispute
{
    /// <summary>A digest, of nothing.</summary>
    public static string Sha256 { get; } = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([]));

    public const string Invoice = "202610-C-1";

    public static Instant At { get; } = Instant.FromUtc(2026, 11, 20, 3, 0);

    public static LocalDate Today { get; } = new(2026, 11, 20);

    /// <summary>Two calls of one line: 8.4 and 8.4 yen, 16 on the invoice.</summary>
    public static DisputedCall Call(string id, string charge = "8.4") => new(
        "sw-1", id, new Guid(1, 2, 3, [0, 0, 0, 0, 0, 0, 0, (byte)id[^1]]), new UsageMonth(2026, 10), "fixed", null, "S", Yen.Parse(charge));

    public static DisputeOpened Opened(long amount = 100, IReadOnlyList<DisputedCall>? calls = null, params int[] lines) => new(
        "D-202611-1", "C-1", Invoice, calls ?? [], lines, "these calls were never made", Yen.Whole(amount), "dispute-1", new LocalDate(2026, 11, 10), new LocalDate(2026, 12, 10));

    public static DisputeResolved Rejected { get; } = new("rejected", "the calls were made", "finance-1", new LocalDate(2026, 11, 15), null, Yen.Zero);

    public static DisputeWithdrawn Withdrawn { get; } = new("a mistake", "dispute-1", new LocalDate(2026, 11, 15));

    public static Dispute Given(params object[] events) => events.Aggregate(new Dispute(), (dispute, happened) => dispute.Take(happened));

    public static InvoiceLedger Ledger(params object[] events) => Ledger(Issued(), events);

    public static InvoiceLedger Ledger(InvoiceIssued issued, params object[] events) => events.Prepend(issued).Aggregate(new InvoiceLedger(), (ledger, happened) => ledger.Take(happened));

    /// <summary>S: 300 base fee, 16 fixed, 2 given back; G: 9 international.</summary>
    public static InvoiceIssued Issued(long limitChange = 0)
    {
        var month = new UsageMonth(2026, 10);
        InvoiceLineDocument Line(string section, string code, long yen, string category, string? detail = null) =>
            new() { Section = section, Code = code, Detail = detail, Month = month, Quantity = 1, Amount = Yen.Whole(yen), TaxCategory = category };
        IReadOnlyList<InvoiceLineDocument> lines =
        [
            Line("monthly", "base-fee", 300, "S", "05033000001"),
            Line("usage", "fixed", 16, "S"),
            Line("usage", "international", 9, "G"),
            Line("adjustment", "credit", -2, "S"),
        ];
        var invoice = new InvoiceDocument
        {
            Contract = "C-1",
            Month = month,
            Customer = "株式会社C-1",
            Lines = lines,
            Taxes = Rating.Invoicing.InvoiceCalculator.Taxes(lines, new TaxRate(0.10m)),
            Subtotal = Yen.Whole(323),
            Tax = Yen.Whole(31),
            Total = Yen.Whole(354),
            Usage = new InvoiceUsageDocument { Amount = Yen.Whole(25), Limit = null, Adjustment = Yen.Zero, Calls = 3, Unanswered = 0, TailSeconds = default, TailCharge = Yen.Zero },
            Number = Invoice,
            IssuedAt = Instant.FromUtc(2026, 11, 1, 0, 0),
            Issuer = InvoiceTerms.Sample.Issuer,
            DueOn = new LocalDate(2026, 11, 30),
        };
        var covered = new CoveredUsage(
            month,
            [new CoveredLine("fixed", null, "S", 2, 120_000, Yen.Parse("16.8"), Yen.Whole(16)), new CoveredLine("international", null, "G", 1, 60_000, Yen.Parse("9.4"), Yen.Whole(9))],
            0, 0, Yen.Zero, Yen.Whole(limitChange), Yen.Zero, 4, SampleDispute.Sha256);
        return new InvoiceIssued(invoice, InvoiceKeys.Digest(invoice), "2026-01", 2, [covered]);
    }

    public static ResolveDispute Resolve(string outcome, GrantAs? kind = GrantAs.CreditNote, CreditSelection? selection = null) => new(
        "D-202611-1", outcome, "the switch counted twice", "finance-1", kind, selection ?? CreditSelection.None, InvoiceTerms.Sample.Issuer, At);
}
