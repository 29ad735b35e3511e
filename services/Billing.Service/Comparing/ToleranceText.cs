using System.Globalization;
using Billing.Contracts;

namespace Billing.Service.Comparing;

/// <summary>Tolerances as people write them.</summary>
internal static class ToleranceText
{
    private const decimal Longest = 3600;

    /// <summary>Seconds from 0 to an hour, with up to three decimals.</summary>
    public static bool TrySeconds(string? text, out Seconds seconds)
    {
        var isOne = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= Longest && decimal.IsInteger(value * 1000);
        seconds = new Seconds(isOne ? (long)(value * 1000) : 0);
        return isOne;
    }
}
