using System.Diagnostics;
using System.Text.Json;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Knowledge;

/// <summary>Runs <c>billing</c> as a user does, as a process of its own on the database of the test.</summary>
internal sealed class BillingCommand(DatabaseFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;

    public sealed record Result(int Code, string Output, string Error)
    {
        public JsonElement Json => JsonDocument.Parse(Output).RootElement;
    }

    /// <summary>A file with a document in it.</summary>
    public string File<T>(T document) => Text(JsonSerializer.Serialize(document, BillingStore.Json));

    /// <summary>A file with a text in it.</summary>
    public string Text(string text)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public async Task<Result> Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(Command.Program.Name, [.. Command.Program.First, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = _folder,
        };
        start.Environment["BILLING_DB"] = fixture.ConnectionString;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(limit.Token);
        return new Result(process.ExitCode, await output, await error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
