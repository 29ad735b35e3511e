namespace Billing.Browser.Tests;

/// <summary>Where the tests run.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find();

    /// <summary>What is left to be looked at.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(Root, ".local", "test-results", "screenshots")).FullName;

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Billing.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests run in a checkout.");
    }
}
