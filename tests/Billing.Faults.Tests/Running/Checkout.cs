using System.Runtime.InteropServices;

namespace Billing.Faults.Tests.Running;

/// <summary>Where things lie in the checkout that these tests were built in.</summary>
internal static class Checkout
{
    public static string Root { get; } = FindRoot();

    /// <summary>The command that BILLING_TEST_COMMAND names, else the one that was built beside the tests.</summary>
    public static string Command { get; } = Environment.GetEnvironmentVariable("BILLING_TEST_COMMAND") is { Length: > 0 } command ? command : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Billing.Service", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "billing"));

    /// <summary>Where the runtime of this process lies; the command is to use the same.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../.."));

    public static string At(string path) => Path.Combine(Root, path);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Billing.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Billing.sln above {AppContext.BaseDirectory}.");
    }
}
