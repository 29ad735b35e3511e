using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Access;

/// <summary>A database of its own with a server on it, for the tests of a class.</summary>
public sealed class ServedDatabase : IAsyncLifetime
{
    public DatabaseFixture Database { get; } = new();

    internal Server Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        Server = await Server.StartAsync(Database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Database.DisposeAsync();
    }
}
