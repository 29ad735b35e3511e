using Billing.Contracts;

namespace Billing.Service.Usage;

/// <summary>The names of the streams that hold calls.</summary>
internal static class UsageStreams
{
    public static string Of(string contract, UsageMonth month) => $"usage-{contract}-{month}";

    /// <summary>Unanswered records whose number nobody holds.</summary>
    public static string Unassigned(UsageMonth month) => $"unassigned-{month}";

    public static string Suspense(string source, UsageMonth month) => $"suspense-{source}-{month}";
}
