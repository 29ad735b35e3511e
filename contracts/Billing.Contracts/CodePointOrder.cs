namespace Billing.Contracts;

/// <summary>The order of texts by Unicode code point, which is also the order of their UTF-8 bytes; no culture has a say.</summary>
public sealed class CodePointOrder : IComparer<string?>
{
    public static CodePointOrder Instance { get; } = new();

    /// <summary>Absent before present, then by the first code point that differs.</summary>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        var common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
        {
            return x.Length - y.Length;
        }

        // half a surrogate pair stands for a code point above every single char
        var (a, b) = (x[common], y[common]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a - b : char.IsSurrogate(a) ? 1 : -1;
    }
}
