using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.Tariffs;

namespace Billing.Service.Tariffs;

/// <summary>A version that would be published or replaced: how it differs from the one before it, and what looks wrong about it.</summary>
/// <param name="Before">The version it is compared with: its own earlier text, else the version that was in force before it.</param>
public sealed record ReviewedVersion(
    TariffDocument Tariff, TariffDocument? Before, IReadOnlyList<string> Differences, IReadOnlyList<string> Warnings);

/// <summary>What publishing a document would do.</summary>
/// <param name="Changed">The versions that are new or have another text; those that stand already are left out.</param>
/// <param name="Gaps">Days from the first version on that would be without one, and are not so now.</param>
public sealed record TariffReview(IReadOnlyList<ReviewedVersion> Changed, IReadOnlyList<string> Gaps)
{
    /// <summary>What looks wrong; publishing past it takes a decision.</summary>
    public IEnumerable<string> Warnings => Changed.SelectMany(version => version.Warnings).Concat(Gaps);

    /// <summary>
    /// Reviews a document against the versions that stand. Refused: a document that is no tariff (with the path of its
    /// fault), or one whose versions overlap those that would go on standing beside them.
    /// </summary>
    public static (TariffReview? Review, DocumentFault? Fault) Of(IReadOnlyList<TariffDocument> standing, TariffsDocument document)
    {
        if (document.Tariffs.Count == 0)
        {
            return (null, new DocumentFault("$.tariffs", "the document holds no version"));
        }

        if (document.Tariffs.GroupBy(tariff => tariff.Version, StringComparer.Ordinal).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
        {
            return (null, new DocumentFault("$.tariffs", $"version '{twice.Key}' stands in the document more than once"));
        }

        var (compiled, fault) = TariffBook.Compile(document);
        if (compiled is null)
        {
            return (null, fault);
        }

        var staying = standing.Where(version => document.Tariffs.All(tariff => tariff.Version != version.Version)).ToList();
        for (var i = 0; i < document.Tariffs.Count; i++)
        {
            if (staying.FirstOrDefault(version => Overlap(version, document.Tariffs[i])) is { } other)
            {
                return (null, new DocumentFault(
                    $"$.tariffs[{i}]",
                    $"in force on the same day as the published version '{other.Version}' ({Period(other)}); state that version again in the same document with the 'to' at which it ends (rating rules, section 6)"));
            }
        }

        List<TariffDocument> together = [.. staying, .. document.Tariffs];
        var changed = document.Tariffs
            .Where(tariff => !standing.Any(version => version.Version == tariff.Version && SameDocument.Is(version, tariff)))
            .Select(tariff => Reviewed(tariff, standing, together))
            .ToList();
        var gaps = GapsOf(together).Except(GapsOf(standing), StringComparer.Ordinal)
            .Select(days => $"no version is in force {days}: calls of those days are suspended with no-price");
        return (new TariffReview(changed, [.. gaps]), null);
    }

    /// <summary>When a version is in force: <c>2026-04-01 to 2027-03-31</c>, <c>from 2026-04-01</c>.</summary>
    public static string Period(TariffDocument version) => version.To is { } to
        ? $"{version.From:uuuu-MM-dd} to {to.PlusDays(-1):uuuu-MM-dd}"
        : $"from {version.From:uuuu-MM-dd}";

    private static ReviewedVersion Reviewed(TariffDocument tariff, IReadOnlyList<TariffDocument> standing, List<TariffDocument> together)
    {
        var own = standing.FirstOrDefault(version => version.Version == tariff.Version);
        var earlier = together.Where(version => version.From < tariff.From).MaxBy(version => version.From);
        var before = own ?? earlier;
        var warnings = new List<string>();
        if (own is not null && !SameDocument.Is(own with { To = null }, tariff with { To = null }))
        {
            warnings.Add("replaces the published text of this version; calls rated already keep their price until they are rated again");
        }

        warnings.AddRange(UnpricedClasses.Of(tariff));
        if (before is not null)
        {
            warnings.AddRange(PriceSuspects.Of(before, tariff));
        }

        return new ReviewedVersion(tariff, before, TariffDifference.Of(before, tariff), [.. warnings.Select(warning => $"{tariff.Version}: {warning}")]);
    }

    private static IEnumerable<string> GapsOf(IReadOnlyList<TariffDocument> versions)
    {
        var sorted = versions.OrderBy(version => version.From).ToList();
        for (var i = 0; i < sorted.Count; i++)
        {
            if (sorted[i].To is not { } ended || (i + 1 < sorted.Count && sorted[i + 1].From <= ended))
            {
                continue;
            }

            yield return i + 1 < sorted.Count
                ? $"from {ended:uuuu-MM-dd} to {sorted[i + 1].From.PlusDays(-1):uuuu-MM-dd}"
                : $"from {ended:uuuu-MM-dd} on";
        }
    }

    private static bool Overlap(TariffDocument a, TariffDocument b)
    {
        var from = NodaTime.LocalDate.Max(a.From, b.From);
        return (a.To is not { } endA || from < endA) && (b.To is not { } endB || from < endB);
    }
}
