using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;
using Npgsql;

namespace Billing.Faults.Tests;

/// <summary>The database has no room left: the ingest ends and says so, and goes on when there is room again.</summary>
[Collection(OwnServer.Name)]
[Trait("Category", "Faults")]
public sealed class FullTablespaceTests(PrivateServer server) : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [MountedDisk.Fact]
    public async Task An_ingest_that_fills_the_disk_says_so_and_goes_on_when_there_is_room()
    {
        const int Rows = 60_000;
        MadeUp.WriteDelivery(_folder.At("calls.csv"), Rows, seed: 17);
        await using var undisturbed = await server.Databases.CreateAsync();
        var whole = (await undisturbed.IngestAsync(_folder.At("calls.csv"))).Single();
        using var disk = new MountedDisk(server.Account, megabytes: 512);
        await using var database = await server.Databases.CreateAsync();
        await server.AsSuperuserAsync($"create tablespace tiny location '{disk.Path}'");
        try
        {
            var name = new NpgsqlConnectionStringBuilder(database.ConnectionString).Database;
            await server.AsSuperuserAsync($"alter database {name} set tablespace tiny");
            disk.Resize(disk.UsedMegabytes + 20);

            var ended = await database.RunAsync("ingest", _folder.At("calls.csv"));

            ended.Code.ShouldBe(1, ended.All);
            ended.Error.ShouldMatch("^billing: [^\n]*No space left on device[^\n]*\n$");
            (await database.AllDeliveriesAsync()).Rows.ShouldBeInRange(0, Rows - 1);

            disk.Resize(megabytes: 512);
            (await database.IngestAsync(_folder.At("calls.csv"))).Single().Rows.ShouldBe(Rows);
            (await database.AllDeliveriesAsync()).Stored.ShouldBe(whole.Stored);
            (await Contents.OfAsync(database)).ShouldBe(await Contents.OfAsync(undisturbed));
            await database.ShouldBeSoundAsync();
        }
        finally
        {
            await database.DropAsync();
            await server.AsSuperuserAsync("drop tablespace tiny");
        }
    }
}
