using System.Diagnostics;
using System.Globalization;

namespace Billing.Faults.Tests.Running;

/// <summary>
/// A file system of a few pages in memory, which only the process that is started on it sees. It takes user namespaces, or
/// root; where there is neither, tests with <see cref="FactAttribute"/> of this class are skipped and say so.
/// </summary>
internal static class TinyDisk
{
    public const int Page = 4096;

    private static readonly Lazy<bool> Available = new(() =>
    {
        using var folder = new WorkFolder();
        using var mount = Process.Start(new ProcessStartInfo("unshare", ["--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", folder.Path]) { RedirectStandardError = true })!;
        mount.WaitForExit();
        return mount.ExitCode == 0;
    });

    /// <summary>Pages that a file takes.</summary>
    public static int PagesOf(string path) => (int)((new FileInfo(path).Length + Page - 1) / Page);

    /// <summary>
    /// Starts the command with a file system of so many pages on <paramref name="folder"/>. What is left in it at the end is
    /// listed in the file <paramref name="listing"/>, for the file system goes with the process.
    /// </summary>
    public static BillingProcess Start(string folder, int pages, string listing, Dictionary<string, string> environment, params string[] arguments)
    {
        environment["TINY_FOLDER"] = folder;
        environment["TINY_SIZE"] = (pages * Page).ToString(CultureInfo.InvariantCulture);
        environment["TINY_LISTING"] = listing;
        const string Script =
            """
            mount -t tmpfs -o size="$TINY_SIZE" tmpfs "$TINY_FOLDER" || exit 125
            "$BILLING_COMMAND" "$@"
            code=$?
            ls -A "$TINY_FOLDER" >"$TINY_LISTING"
            exit $code
            """;
        return BillingProcess.StartProgram("unshare", environment, ["--map-root-user", "--mount", "sh", "-c", Script, "billing", .. arguments]);
    }

    public sealed class FactAttribute : Xunit.FactAttribute
    {
        public FactAttribute() => Skip = Available.Value ? null : "needs a file system of its own, which this account may not mount";
    }

    public sealed class TheoryAttribute : Xunit.TheoryAttribute
    {
        public TheoryAttribute() => Skip = Available.Value ? null : "needs a file system of its own, which this account may not mount";
    }
}
