using Billing.Contracts.Documents;
using Billing.Formats;
using Billing.Service.Explaining;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Tests.Explaining;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Formats;

/// <summary>A clock that is set by hand.</summary>
internal sealed class HandClock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}

/// <summary>A database in which the demo's contracts are known, and files of switches that are taken in by their profiles.</summary>
public sealed class ProfiledWorld : IAsyncLifetime
{
    private static int s_written;

    public DatabaseFixture Database { get; } = new();

    internal MonthFiles Files { get; } = new();

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        await MonthFiles.LearnAsync(Database);
    }

    public async Task DisposeAsync()
    {
        await Database.DisposeAsync();
        Files.Dispose();
    }

    public static string Fixture(string profile, string file) => File.ReadAllText(Path.Combine(MonthFiles.Root, "contracts", "profiles", profile, file));

    public static Profile Profile(string name, string source) => BuiltInProfiles.Read(BuiltInProfiles.Find(name)!, source).Profile!;

    public async Task ShouldBeExplainedAsync(string source, string reason, int records)
    {
        var names = await Database.NamesAsync($"suspense where source = '{source}' and released_as is null");
        names.Count.ShouldBe(records);
        foreach (var name in names)
        {
            var call = await Database.ExplainAsync(name);
            call.Faults.ShouldBeEmpty();
            call.Outcome.ShouldBe("suspended");
            call.Steps.Single(step => step.Step == "suspended").En.ShouldBe(SuspenseSentences.Of(reason).En);
        }
    }

    public async Task<ReceiptDocument> IngestAsync(string profile, string text, string source, TimeProvider? clock = null)
    {
        // empty lines behind it make the same rows a file of their own
        var path = Files.Write($"{Guid.NewGuid():N}.txt", text + new string('\n', Interlocked.Increment(ref s_written)));
        using var knowledge = new KnowledgeCache(Database.Database);
        var result = await new IngestFile(Database.Database, knowledge, clock ?? TimeProvider.System).RunAsync(path, Path.GetFileName(path), null, default, Profile(profile, source));
        result.Refused.ShouldBeNull();
        result.WasKnown.ShouldBeFalse();
        return result.Receipt!;
    }

    public async Task<List<ReceiptDocument>> TimeOutAsync(TimeProvider clock)
    {
        using var knowledge = new KnowledgeCache(Database.Database);
        return [.. (await new TimeOutHalves(Database.Database, knowledge, clock).RunAsync(default)).Select(result => result.Receipt!)];
    }

    public async Task<List<PendingHalf>> PendingAsync(string source) => [.. (await CallHalves.PendingAsync(Database.Database, default)).Where(half => half.Source == source)];

    public async Task ReconciledAsync()
    {
        var result = await Reconcile.RunAsync(Database.Database, null, default);
        result.Deliveries.ShouldAllBe(delivery => delivery.Holds);
        result.Checks.ShouldAllBe(check => check.Holds);
    }
}
