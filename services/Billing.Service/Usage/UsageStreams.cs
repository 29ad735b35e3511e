using Billing.Contracts;

namespace Billing.Service.Usage;

/// <summary>The names of the streams that hold calls.</summary>
internal static class UsageStreams
{
    public static string Of(string contract, UsageMonth month) => $"usage-{contract}-{month}";

    /// <summary>Unanswered records whose number nobody holds.</summary>
    public static string Unassigned(UsageMonth month) => $"unassigned-{month}";

    public static string Suspense(string source, UsageMonth month) => $"suspense-{source}-{month}";

    /// <summary>Whose calls of which month a stream holds; the contract is empty for <c>unassigned-</c>, null for records in suspense.</summary>
    /// <exception cref="ArgumentException">The stream is none that holds calls.</exception>
    public static (string? Contract, UsageMonth Month) Read(string stream)
    {
        const int monthLength = 7;
        if (stream.Length > monthLength && UsageMonth.TryParse(stream[^monthLength..], out var month))
        {
            if (stream.StartsWith("usage-", StringComparison.Ordinal))
            {
                return (stream["usage-".Length..^(monthLength + 1)], month);
            }

            if (stream.StartsWith("unassigned-", StringComparison.Ordinal))
            {
                return ("", month);
            }

            if (stream.StartsWith("suspense-", StringComparison.Ordinal))
            {
                return (null, month);
            }
        }

        throw new ArgumentException($"Stream {stream} holds no calls.", nameof(stream));
    }
}
