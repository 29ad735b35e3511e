using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Service.Explaining;

/// <summary>What one line of an issued invoice is made of. The tax rows are counted on behind the lines.</summary>
public sealed record LineExplanation
{
    public required string Invoice { get; init; }

    public required string Contract { get; init; }

    /// <summary>From 1.</summary>
    public required int Line { get; init; }

    /// <summary>The line as issued; null of a tax row.</summary>
    public InvoiceLineDocument? Document { get; init; }

    /// <summary>The tax row as issued; null of a line.</summary>
    public InvoiceTaxDocument? Tax { get; init; }

    /// <summary>What does not agree: a defect, or somebody changed what was stored.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>What the reasoning comes to; without a fault it is the amount as issued.</summary>
    public required Yen Amount { get; init; }

    public IReadOnlyList<ExplainedStep> Steps { get; init; } = [];

    /// <summary>The calls of a usage line, or those beyond the limit of a limit line; null of other lines.</summary>
    public LineCallPage? Calls { get; init; }
}

/// <summary>A part of the calls of a line, in the order of their answers.</summary>
/// <param name="Total">How many calls there are in all.</param>
/// <param name="Sum">Their exact sum, of a limit line that of what lies beyond the limit.</param>
/// <param name="Skipped">How many come before this part.</param>
/// <param name="Next">How many to skip for the next part; null: this is the last.</param>
public sealed record LineCallPage(long Total, Yen Sum, long Skipped, long? Next, IReadOnlyList<LineCall> Calls);

/// <summary>One call of a line; the called number is masked unless it was revealed.</summary>
/// <param name="Number">The number that pays.</param>
/// <param name="Beyond">What of the charge lies beyond the limit, on a limit line.</param>
public sealed record LineCall(string Source, string RecordId, Instant AnsweredAt, string? Number, string? Destination, Seconds Chargeable, Yen Charge, Yen? Beyond);

/// <summary>All lines of an invoice in brief.</summary>
public sealed record InvoiceExplanation(string Invoice, string Contract, UsageMonth Month, string Customer, IReadOnlyList<BriefLine> Lines, Yen Total);

/// <summary>One line, or from behind the lines on a tax row, in a sentence.</summary>
public sealed record BriefLine(int Line, string Section, string Code, string? Detail, UsageMonth Month, Yen Amount, string TaxCategory, string Ja, string En);
