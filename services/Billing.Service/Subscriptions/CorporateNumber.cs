namespace Billing.Service.Subscriptions;

/// <summary>The 法人番号 of a Japanese corporation: 13 digits, the first of which checks the other twelve.</summary>
internal static class CorporateNumber
{
    public const int Length = 13;

    /// <summary>
    /// True when the number is 13 digits and its check digit, 9 − (Σ Pₙ·Qₙ mod 9) over the twelve digits from the right with
    /// weights 1, 2, 1, 2 …, is the first digit.
    /// </summary>
    public static bool IsValid(string number)
    {
        if (number.Length != Length || number.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var sum = 0;
        for (var n = 1; n < Length; n++)
        {
            sum += (number[Length - n] - '0') * (n % 2 == 1 ? 1 : 2);
        }

        return number[0] - '0' == 9 - (sum % 9);
    }
}
