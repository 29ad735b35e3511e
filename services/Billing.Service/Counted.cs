using System.Globalization;

namespace Billing.Service;

/// <summary>Counts as people read them: <c>1 row</c>, <c>2,975 rows</c>.</summary>
internal static class Counted
{
    /// <param name="one">What one is called.</param>
    /// <param name="many">What none or several are called; <paramref name="one"/> with an s when absent.</param>
    public static string Of(long count, string one, string? many = null) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? one : many ?? one + "s")}");
}
