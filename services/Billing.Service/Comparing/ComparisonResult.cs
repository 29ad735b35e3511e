using Billing.Contracts;
using Billing.Contracts.Documents;

namespace Billing.Service.Comparing;

/// <summary>What the comparison of a month with another party's call list found.</summary>
/// <param name="Digest">SHA-256 of the comparison as CSV, which holds every row of it.</param>
/// <param name="Ours">Our rated calls, and the unanswered ones that they list too.</param>
/// <param name="Theirs">Their calls of the month.</param>
/// <param name="Totals">Every class, also those without a row; they add up to <paramref name="Ours"/> and to <paramref name="Theirs"/>.</param>
/// <param name="UnansweredHere">Our calls that nobody answered and that they do not list; nobody is billed for them.</param>
/// <param name="Outside">Rows of their file that are not compared: of other months, numbers or contracts.</param>
/// <param name="Unreadable">Rows of their file that cannot be read.</param>
/// <param name="UnreadableRows">The first of them.</param>
/// <param name="Differences">The first rows that are neither equal nor within the tolerances.</param>
public sealed record ComparisonResult(
    string Digest,
    ComparisonInputs Inputs,
    SideTotals Ours,
    SideTotals Theirs,
    IReadOnlyList<ClassTotals> Totals,
    long UnansweredHere,
    long Outside,
    long Unreadable,
    IReadOnlyList<UnreadableRow> UnreadableRows,
    IReadOnlyList<ComparedRow> Differences)
{
    /// <summary>How many unreadable rows and how many differences are listed one by one.</summary>
    public const int MostListed = 100;
}

/// <summary>What was compared, and how: from the same inputs comes the same result.</summary>
/// <param name="FileSha256">Of their file, as given.</param>
/// <param name="Known">The state of knowledge: whose numbers are whose, and how numbers are normalised.</param>
public sealed record ComparisonInputs(
    string File, string FileSha256, ColumnMapDocument Map, UsageMonth Month, string? Contract, string? Number, Tolerances Tolerances, long Known);

/// <summary>The rows of one side: how many, how long, and tax-exclusive yen where the side has them.</summary>
public sealed record SideTotals(long Rows, Seconds Duration, Yen? Amount);

/// <summary>The rows of one class, on each side.</summary>
public sealed record ClassTotals(string Class, SideTotals Ours, SideTotals Theirs);
