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
        var ended = await Command.RunAsync(fixture.ConnectionString, arguments);
        return new Result(ended.Code, ended.Output, ended.Error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
