using Billing.Contracts;
using Billing.Rating.Reasoning;
using NodaTime;

namespace Billing.Service.Explaining;

/// <summary>A row that could not be read.</summary>
public sealed record RejectedFigures(long Delivery, long Line, string Reason) : Figures;

/// <summary>What would become of a suspended record if it were released with what is known now.</summary>
public sealed record ReleaseNowFigures(long Known, string Outcome, string? Reason, string? Contract, Yen Charge) : Figures;

/// <summary>The tariff version from which an invoice takes its fees and tax: the one in force on the last day of its month.</summary>
public sealed record MonthTariffFigures(string Id, string Version, Validity Validity, LocalDate On) : Figures;

/// <summary>The calls that a usage line is made of, as the invoice covered them.</summary>
/// <param name="AfterVersion">The calls recorded on the stream after this version</param>
/// <param name="BeforeVersion">and before this one, which closed it for the invoice.</param>
/// <param name="Sum">The exact sum of their charges.</param>
public sealed record LineCallsFigures(
    string Section, UsageMonth Month, string Class, string? Carrier, string Stream, long AfterVersion, long BeforeVersion, long Calls, Seconds Chargeable, Yen Sum) : Figures;

/// <summary>An exact sum rounded down to whole yen.</summary>
public sealed record RoundedDownFigures(Yen Before, Yen After) : Figures;

/// <summary>Calls of the line were voided, corrected or rated anew after the invoice: it stays as it is, and its calls now sum up to this.</summary>
public sealed record CorrectedSinceFigures(long Corrections, long CallsNow, Yen SumNow) : Figures;

/// <summary>The usage limit of a month: the one in force on its last day.</summary>
public sealed record LimitFigures(Yen Limit, UsageMonth Month, long Known) : Figures;

/// <summary>F: the usage lines of a month on all documents so far, in all and zero-rated, and what of them lies over the limit.</summary>
public sealed record ExcessFigures(Yen UsageLines, Yen UsageLinesG, Yen Limit, Yen Excess) : Figures;

/// <summary>What lies beyond the limit when the calls are walked in order, by tax category.</summary>
public sealed record OverflowFigures(Yen OverflowS, Yen OverflowG, long CallsBeyond) : Figures;

/// <summary>How the excess is shared: from zero-rated lines as far as the overflow fell on them, the rest from standard-rated ones.</summary>
public sealed record LimitShareFigures(Yen FromS, Yen FromG, string TaxCategory) : Figures;

/// <summary>What earlier invoices had taken off for the same month and category, signed as on the invoice.</summary>
public sealed record EarlierLimitFigures(Yen Earlier, Yen Amount) : Figures;

/// <summary>A credit or correction that was decided elsewhere.</summary>
/// <param name="Origin">The adjustment that brought it; null when the invoice names none.</param>
public sealed record AdjustmentFigures(string Code, string? Detail, UsageMonth Month, Yen Amount, AdjustmentOrigin? Origin = null) : Figures;

/// <summary>Where an adjustment comes from.</summary>
/// <param name="Adjustment">Its number.</param>
/// <param name="Invoice">The invoice that it corrects.</param>
/// <param name="Dispute">The dispute that led to it; null when finance granted it.</param>
public sealed record AdjustmentOrigin(string Adjustment, string Invoice, string? Dispute, string Reason, string By, Instant GrantedAt);

/// <summary>Tax of one category, once per invoice: the sum of its lines × the rate, toward zero.</summary>
/// <param name="Lines">The numbers of the lines that are summed up.</param>
public sealed record TaxFigures(string Category, IReadOnlyList<int> Lines, Yen Taxable, TaxRate Rate, Yen Tax) : Figures;
