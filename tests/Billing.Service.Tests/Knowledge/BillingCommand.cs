using System.Text.Json;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Knowledge;

/// <summary>Runs <c>billing</c> on the database of the test, with files made for it.</summary>
internal sealed class BillingCommand(DatabaseFixture fixture) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;

    /// <summary>A file with a document in it.</summary>
    public string File<T>(T document) => Text(JsonSerializer.Serialize(document, BillingStore.Json));

    /// <summary>A file with a text in it.</summary>
    public string Text(string text)
    {
        var path = Path.Combine(_folder, $"{Guid.NewGuid():N}.json");
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public Task<Command.Ended> Run(params string[] arguments) => Command.RunAsync(fixture.ConnectionString, arguments);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
