using System.Diagnostics;

namespace Billing.Service.Tests.Hosting;

/// <summary>The code that Wolverine generates around handlers and endpoints is the one in the repository.</summary>
public sealed class GeneratedCodeTests
{
    private const string Repair =
        "The generated code is not what the handlers need. From services/Billing.Service: `rm -r Internal`, build, `billing codegen write`, build; then commit Internal/Generated.";

    [Fact]
    public async Task The_generated_code_is_current()
    {
        var folder = Directory.CreateTempSubdirectory("billing-test-");
        try
        {
            var start = new ProcessStartInfo("dotnet", [typeof(BillingStore).Assembly.Location, "codegen", "write"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder.FullName,
            };
            start.Environment["BILLING_DB"] = Command.Nowhere;
            using var process = Process.Start(start)!;
            var ended = await Command.EndAsync(process);
            ended.Code.ShouldBe(0, ended.All);

            var written = Read(folder.FullName);
            var committed = Read(Path.Combine(MonthFiles.Root, "services", "Billing.Service"));
            written.ShouldNotBeEmpty();
            committed.Keys.ShouldBe(written.Keys, Repair);
            foreach (var (name, text) in written)
            {
                committed[name].ShouldBe(text, $"{name}: {Repair}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The files by name; a checkout may have other line ends.</summary>
    private static SortedDictionary<string, string> Read(string project)
    {
        var root = Path.Combine(project, "Internal", "Generated");
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            files.Add(Path.GetRelativePath(root, path), File.ReadAllText(path).ReplaceLineEndings("\n"));
        }

        return files;
    }
}
