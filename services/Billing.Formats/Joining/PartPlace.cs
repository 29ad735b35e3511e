using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Billing.Formats.Joining;

/// <summary>
/// The place of a row in its call: where it begins, and where the next one does. Written <c>start</c>, <c>end</c>, <c>part 2</c>, <c>last part 3</c>,
/// or <c>first part 2026-10-05T05:00:00Z..2026-10-05T06:00:00Z</c>.
/// </summary>
/// <param name="From">A number, or milliseconds since 1970.</param>
internal readonly record struct PartPlace(long From, long To, bool IsFirst, bool IsLast, string? Identity = null)
{
    private const string First = "first ";
    private const string Last = "last ";
    private const string Part = CallHalf.Part + " ";

    public static string Text(long number, bool isLast) => string.Create(CultureInfo.InvariantCulture, $"{(isLast ? Last : "")}{Part}{number}");

    public static string Text(Instant begin, Instant end, bool isFirst, bool isLast) =>
        $"{(isFirst ? First : "")}{(isLast ? Last : "")}{Part}{InstantPattern.ExtendedIso.Format(begin)}..{InstantPattern.ExtendedIso.Format(end)}";

    public static PartPlace Of(string role)
    {
        if (role is CallHalf.Start or CallHalf.End)
        {
            return role == CallHalf.Start ? new PartPlace(1, 2, IsFirst: true, IsLast: false) : new PartPlace(2, 3, IsFirst: false, IsLast: true);
        }

        var (isFirst, isLast) = (role.StartsWith(First, StringComparison.Ordinal), role.Contains(Last, StringComparison.Ordinal));
        var texts = role[(role.IndexOf(Part, StringComparison.Ordinal) + Part.Length)..].Split("..");
        if (texts.Length == 1)
        {
            var number = long.Parse(texts[0], CultureInfo.InvariantCulture);
            return new PartPlace(number, number + 1, number == 1, isLast, Part + texts[0]);
        }

        return new PartPlace(Milliseconds(texts[0]), Milliseconds(texts[1]), isFirst, isLast, Part + texts[0]);
    }

    /// <summary>True when the next row of the call stands there.</summary>
    /// <param name="tolerance">By how much it may begin elsewhere than this one ends.</param>
    public bool GoesOnWith(PartPlace next, long tolerance) => !IsLast && !next.IsFirst && Math.Abs(next.From - To) <= tolerance;

    private static long Milliseconds(string text) => InstantPattern.ExtendedIso.Parse(text).Value.ToUnixTimeMilliseconds();
}
