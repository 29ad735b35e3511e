using Billing.Contracts;
using NodaTime;

namespace Billing.Service.Replay;

/// <summary>
/// What comes out of a month with other knowledge, against what was recorded and billed. Documents that came after a month's
/// invoice (<c>prior-usage</c>, credits, adjustments elsewhere) are on neither side.
/// </summary>
/// <param name="Contracts">The contracts that differ, by id.</param>
/// <param name="MoreContracts">How many more differ than are listed.</param>
public sealed record ReplayResult(
    UsageMonth Month,
    string? Contract,
    ReplayBasis Basis,
    CallDifferences Calls,
    Amounts Old,
    Amounts New,
    Yen Difference,
    int ContractsCompared,
    IReadOnlyList<ContractDifference> Contracts,
    int MoreContracts,
    TimeSpan Elapsed);

/// <summary>What the other side was computed with.</summary>
/// <param name="Known">The number of the knowledge beneath.</param>
/// <param name="TariffVersion">The version of the tariff on the last day of the month.</param>
/// <param name="TariffSha256">SHA-256 of the other tariff as compact JSON: however the document was laid out, it is the same.</param>
/// <param name="ReferenceSha256">The same of the other reference.</param>
/// <param name="CorrectionsSha256">The same of the supposed corrections.</param>
public sealed record ReplayBasis(
    Instant? AsOf,
    long Known,
    bool OtherTariff,
    bool OtherReference,
    int Corrections,
    string? TariffVersion = null,
    string? TariffSha256 = null,
    string? ReferenceSha256 = null,
    string? CorrectionsSha256 = null);

/// <summary>The calls looked at.</summary>
/// <param name="Late">Calls recorded after the month's invoice of their contract: on neither side.</param>
/// <param name="Changes">How many differ, by the kind of difference.</param>
/// <param name="ChargeDifference">The exact sum of their differences in charge.</param>
public sealed record CallDifferences(long Calls, long Late, long Differing, IReadOnlyDictionary<string, long> Changes, Yen ChargeDifference);

/// <summary>Whole yen: without tax, tax, in all.</summary>
public sealed record Amounts(Yen Subtotal, Yen Tax, Yen Total)
{
    public static Amounts None { get; } = new(Yen.Zero, Yen.Zero, Yen.Zero);

    public static Amounts operator +(Amounts left, Amounts right) => new(left.Subtotal + right.Subtotal, left.Tax + right.Tax, left.Total + right.Total);
}

/// <summary>What differs for one contract.</summary>
/// <param name="Baseline">The number of the issued invoice, <c>draft</c>, or <c>none</c> when nothing would be billed.</param>
/// <param name="Lines">The lines that differ, tax rows (section <c>tax</c>) included.</param>
/// <param name="Old">Null when there is no document on that side.</param>
/// <param name="LateCalls">Calls after the invoice, on neither side.</param>
/// <param name="OldRefusal">Why there is no document on that side.</param>
public sealed record ContractDifference(
    string Contract,
    string Baseline,
    IReadOnlyList<LineDifference> Lines,
    Amounts? Old,
    Amounts? New,
    Yen Difference,
    long LateCalls,
    string? OldRefusal,
    string? NewRefusal)
{
    internal bool Differs => Lines.Count > 0 || OldRefusal != NewRefusal;
}

/// <summary>An invoice line, or the tax of a category, on both sides; a side without it is null.</summary>
public sealed record LineDifference(
    string Section, string Code, string? Detail, UsageMonth? Month, string TaxCategory, LineFigures? Old, LineFigures? New, Yen Difference);

/// <summary>What a line says; of a tax row the amount only.</summary>
public sealed record LineFigures(long? Quantity, Seconds? Seconds, Yen Amount);
