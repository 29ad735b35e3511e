using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Service.Tariffs;

/// <summary>A tariff version in a list.</summary>
public sealed record TariffRow(string Tariff, string Version, LocalDate From, LocalDate? To, int Plans, int Prices);

/// <summary>The tariff versions known at a number.</summary>
public sealed record TariffList(long KnowledgeNo, IReadOnlyList<TariffRow> Versions);

/// <summary>What publishing a document did, or would do.</summary>
public sealed record TariffPublication(
    string Tariff, bool Published, IReadOnlyList<TariffVersionChange> Versions, IReadOnlyList<string> Unchanged, IReadOnlyList<string> Warnings);

/// <summary>A version that is new or has a new text.</summary>
public sealed record TariffVersionChange(string Version, LocalDate From, LocalDate? To, string? ComparedWith, IReadOnlyList<string> Differences);

/// <summary>Tariffs as the command line prints them for people.</summary>
internal static class TariffText
{
    public static TariffPublication Result(TariffsDocument document, TariffReview review, bool published) => new(
        document.Tariffs[0].Id,
        published,
        [.. review.Changed.Select(version => new TariffVersionChange(
            version.Tariff.Version, version.Tariff.From, version.Tariff.To, version.Before?.Version, version.Differences))],
        [.. document.Tariffs.Select(tariff => tariff.Version).Except(review.Changed.Select(version => version.Tariff.Version), StringComparer.Ordinal)],
        [.. review.Warnings]);

    public static void Write(TextWriter text, TariffPublication result)
    {
        foreach (var version in result.Versions)
        {
            text.WriteLine($"{result.Tariff} {version.Version}, {Period(version.From, version.To)}{(version.ComparedWith is { } before ? $", against {(before == version.Version ? "its published text" : before)}" : "")}:");
            foreach (var difference in version.Differences)
            {
                text.WriteLine($"  {difference}");
            }
        }

        foreach (var warning in result.Warnings)
        {
            text.WriteLine($"warning: {warning}");
        }

        if (result.Unchanged.Count > 0)
        {
            text.WriteLine($"unchanged: {string.Join(", ", result.Unchanged)}");
        }

        if (result.Published)
        {
            text.WriteLine($"published: {string.Join(", ", result.Versions.Select(version => version.Version))}");
        }
    }

    public static void List(TextWriter text, IReadOnlyList<TariffRow> rows)
    {
        foreach (var row in rows)
        {
            text.WriteLine($"{row.Tariff}  {row.Version}  {Period(row.From, row.To)}  {row.Plans} plans, {row.Prices} prices");
        }

        text.WriteLine(Counted.Of(rows.Count, "version"));
    }

    public static void Show(TextWriter text, TariffDocument tariff)
    {
        text.WriteLine($"{tariff.Id} {tariff.Version}, {Period(tariff.From, tariff.To)}");
        foreach (var line in TariffDifference.Contents(tariff))
        {
            text.WriteLine($"  {line}");
        }
    }

    private static string Period(LocalDate from, LocalDate? to) => to is { } end ? $"{from:uuuu-MM-dd} to {end.PlusDays(-1):uuuu-MM-dd}" : $"from {from:uuuu-MM-dd}";
}
