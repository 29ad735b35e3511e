using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Service.Evidence;
using Billing.Service.Ingestion;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using Billing.Service.Sharding;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Tests.Sharding;

/// <summary>A main database and shards of it, over which the contracts of the demo are spread.</summary>
internal sealed class SpreadWorld : IAsyncDisposable
{
    private readonly List<DatabaseFixture> _shards = [];

    private SpreadWorld(DatabaseFixture main) => (Main, Shards) = (main, new Shards(main.Settings, main.Database));

    public DatabaseFixture Main { get; }

    public Shards Shards { get; }

    public MonthFiles Files { get; } = new();

    /// <summary>The databases, the main one first.</summary>
    public IEnumerable<DatabaseFixture> Databases => _shards.Prepend(Main);

    /// <param name="shards">How many beside the main database; they are called shard-1, shard-2 and so on.</param>
    public static async Task<SpreadWorld> NewAsync(int shards = 2, bool contracts = true)
    {
        var main = new DatabaseFixture();
        await main.InitializeAsync();
        var world = new SpreadWorld(main);
        await MonthFiles.LearnAsync(main, contracts: false);
        for (var no = 1; no <= shards; no++)
        {
            await world.AddAsync();
        }

        if (contracts)
        {
            await MonthFiles.OpenContractsAsync(main);
        }

        return world;
    }

    public async Task<Shard> AddAsync()
    {
        var database = new DatabaseFixture();
        await database.InitializeAsync();
        _shards.Add(database);
        var (shard, refusal) = await new AddShard(Main.Settings, Shards, TimeProvider.System).RunAsync($"shard-{_shards.Count}", database.ConnectionString, takesContracts: true, default);
        refusal.ShouldBeNull();
        return shard!;
    }

    public async Task<DatabaseFixture> DatabaseOfAsync(string contract) =>
        Databases.ElementAt(await Main.ScalarAsync<int>($"select shard from billing.contract_shards where contract = '{contract}'"));

    public async Task<ReceiptDocument> IngestAsync(string path, Profile? profile = null)
    {
        using var knowledge = new KnowledgeCache(Main.Database);
        var result = await new IngestFile(Main.Database, knowledge, TimeProvider.System) { Shards = Shards }.RunAsync(path, Path.GetFileName(path), null, default, profile);
        result.Refused.ShouldBeNull();
        return result.Receipt!;
    }

    public async Task<ContractMoved> MoveAsync(string contract, string to)
    {
        var (moved, refusal) = await new MoveContract(Shards, TimeProvider.System).RunAsync(contract, to, default);
        refusal.ShouldBeNull();
        return moved!;
    }

    public async Task<IssueReport> IssueAsync(UsageMonth month)
    {
        var (report, refusal) = await OverShards.IssueAsync(Shards, month, null, InvoiceTerms.Sample, new BilledWorld.FixedClock(Instant.FromUtc(2026, 12, 1, 0, 0)), null, default);
        refusal.ShouldBeNull();
        return report!;
    }

    /// <summary>What the month's invoices say, of all databases, in the order of their numbers.</summary>
    public async Task<string> InvoicesAsync() => string.Join('\n', (await EachAsync(InvoicesAsync)).SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal));

    public static Task<string> InvoicesAsync(DatabaseFixture database) =>
        database.ScalarAsync<string>("select coalesce(string_agg(number || ' ' || total || ' ' || tax || ' ' || digest, E'\\n' order by number), '') from billing.invoices");

    /// <summary>The issued invoices of a database alone.</summary>
    public static async Task<string> IssueAloneAsync(DatabaseFixture database, UsageMonth month)
    {
        var knowledge = await new KnowledgeLoader(database.Database).LoadAsync();
        var (_, refusal) = await new IssueInvoices(database.Database, knowledge, InvoiceTerms.Sample, new BilledWorld.FixedClock(Instant.FromUtc(2026, 12, 1, 0, 0))).RunAsync(month, null, null, default);
        refusal.ShouldBeNull();
        return await InvoicesAsync(database);
    }

    /// <summary>Rated calls of all databases but for the deliveries that they came with.</summary>
    public async Task<string> RatedAsync() => string.Join('\n', (await EachAsync(RatedAsync)).SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Order(StringComparer.Ordinal));

    public static Task<string> RatedAsync(DatabaseFixture database) => database.DigestAsync("rated_calls", "delivery");

    /// <summary>Every row is accounted for; every digest agrees; every invoice comes out again; every read table is what the log says.</summary>
    public async Task ShouldBeSoundAsync()
    {
        var proof = await OverShards.ReconcileAsync(Shards, null, default);
        proof.Shards.SelectMany(shard => shard.Result.Checks).Where(check => !check.Holds).ShouldBeEmpty();
        proof.Shards.SelectMany(shard => shard.Result.Deliveries).Where(delivery => !delivery.Holds).ShouldBeEmpty();
        proof.Files.Where(file => !file.Holds || !file.IsComplete).ShouldBeEmpty();
        proof.Checks.Where(check => !check.Holds).ShouldBeEmpty();
        foreach (var database in Databases)
        {
            (await new VerifyStore(database.Database).RunAsync(null, null, null, default)).Holds.ShouldBeTrue();
            await foreach (var invoice in new ProveInvoices(database.Database).OfMonthAsync(MonthFiles.Month, null, default))
            {
                invoice.Fault.ShouldBeNull();
            }

            var before = await RowsAsync(database);
            await new RebuildReadTables(database.Database).RunAsync(null, null, default);
            (await RowsAsync(database)).ShouldBe(before);
        }
    }

    public static string Text(ReceiptDocument receipt) => JsonSerializer.Serialize(receipt with { File = "" }, BillingJson.Options);

    public async ValueTask DisposeAsync()
    {
        await Shards.DisposeAsync();
        foreach (var database in Databases)
        {
            await database.DisposeAsync();
        }

        Files.Dispose();
    }

    private static async Task<string> RowsAsync(DatabaseFixture database) => string.Join(
        "\n\n", await database.DigestAsync("rated_calls"), await database.DigestAsync("suspense"), await database.DigestAsync("call_corrections"),
        await database.ScalarAsync<string>("select coalesce(string_agg(r, E'\\n' order by r collate \"C\"), '') from (select row(usage_month, contract, class, carrier, tax_category, calls, chargeable_ms, trim_scale(charge))::text r from billing.month_usage) x"));

    private async Task<List<string>> EachAsync(Func<DatabaseFixture, Task<string>> text)
    {
        var texts = new List<string>();
        foreach (var database in Databases)
        {
            texts.Add(await text(database));
        }

        return texts;
    }
}
