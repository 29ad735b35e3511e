namespace Billing.Faults.Tests.Running;

/// <summary>How much is done: little in every test run, a lot with BILLING_FAULTS=large.</summary>
internal static class Size
{
    public static bool IsLarge { get; } = Environment.GetEnvironmentVariable("BILLING_FAULTS") == "large";

    public static T Of<T>(T small, T large) => IsLarge ? large : small;
}
