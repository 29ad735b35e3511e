using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating;
using Billing.Rating.BuiltIn;
using Billing.Service.Knowledge;
using Billing.Service.Subscriptions;
using Billing.Service.Tariffs;
using NodaTime;
using static Billing.Service.Tests.Subscriptions.Sample;

namespace Billing.Service.Tests.Knowledge;

/// <summary>What is known, and what was known at a number or an instant.</summary>
public sealed class KnowledgeLoaderTests : IAsyncLifetime
{
    private readonly DatabaseFixture _fixture = new();

    private KnowledgeLoader Loader => new(_fixture.Database);

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task At_first_nothing_is_known_but_the_built_in_reference()
    {
        var known = await Loader.LoadAsync();
        known.No.ShouldBe(0);
        known.Contracts.Contracts.ShouldBeEmpty();
        known.Tariffs.Versions.ShouldBeEmpty();
        known.Reference.Document.HomeCarrier.ShouldBe(BuiltInReference.HomeCarrier);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(Loader.LoadAsync(1));
    }

    [Fact]
    public async Task What_was_known_at_each_number_is_exactly_that()
    {
        var contract = Biz;
        var (first, second) = (Number(NextNumber()), Number(NextNumber(), from: "2026-06-01"));
        var tariffs = DocumentReader.Read<TariffsDocument>(BuiltInDocuments.SampleTariff).Document!;

        await Do(new ImportContract(contract.Holding(first))); // 1
        await Do(new PublishTariff(tariffs, AcceptWarnings: true)); // 2
        await Do(new ImportContract(contract.Holding(first, second))); // 3
        await Do(new PublishReference(BuiltInReference with { HomeCarrier = "other" })); // 4
        await Do(new ImportContract(contract.Holding(second).Between("2026-04-01", "2026-12-01"))); // 5
        await Do(new WithdrawTariffVersion(tariffs.Tariffs[0].Id, tariffs.Tariffs[1].Version)); // 6

        var seen = new List<string>();
        for (var no = 0; no <= 6; no++)
        {
            var known = await Loader.LoadAsync(no);
            known.No.ShouldBe(no);
            var document = known.Contracts.Find(contract.Id)?.Document;
            seen.Add($"{document?.Numbers.Count} {(document?.TerminatedOn is null ? "open" : "ended")} {known.Tariffs.Versions.Count} {(known.Reference.Document.HomeCarrier == "other" ? "own" : "built-in")}");
        }

        seen.ShouldBe([" open 0 built-in", "1 open 0 built-in", "1 open 2 built-in", "2 open 2 built-in", "2 open 2 own", "1 ended 2 own", "1 ended 1 own"]);
    }

    [Fact]
    public async Task What_was_known_at_an_instant_is_what_was_known_at_the_last_number_before_it()
    {
        var contract = Biz;
        await Do(new ImportContract(contract));
        await Do(new ImportContract(contract.Of(contract.Customer with { Name = "Renamed KK" })));
        var instants = new List<Instant>();
        for (var no = 1; no <= 2; no++)
        {
            instants.Add(Instant.FromDateTimeUtc(await _fixture.ScalarAsync<DateTime>($"select known_at from billing.knowledge_log where no = {no}")));
        }

        (await Loader.LoadAsync(instants[0] - Duration.FromMilliseconds(1))).No.ShouldBe(0);
        (await Loader.LoadAsync(instants[0])).Contracts.Find(contract.Id)!.Document.Customer.Name.ShouldBe("Example KK");
        (await Loader.LoadAsync(instants[1] - Duration.FromTicks(10))).No.ShouldBe(1);
        (await Loader.LoadAsync(instants[1])).Contracts.Find(contract.Id)!.Document.Customer.Name.ShouldBe("Renamed KK");
    }

    [Fact]
    public async Task The_event_store_tells_a_contract_as_the_loader_does()
    {
        var contract = WMode with { UsageLimits = [Limit(1_000_000)], Options = [Phonebook(30)] };
        await Do(new ImportContract(contract));
        await Do(new ImportContract(contract.Holding(Number(NextNumber(), NextMobile())).Between("2026-05-01", "2026-12-01") with { Options = null }));
        await Do(new ImportContract(contract with { BillingStation = StationFrom("2026-03-01") }));

        await using var session = _fixture.Store.QuerySession();
        var told = (await session.Events.AggregateStreamAsync<SubscribedContract>(KnowledgeStreams.Contract(contract.Id)))!;
        var loaded = (await Loader.LoadDocumentsAsync()).Contracts.Single();
        told.Version.ShouldBe(loaded.Version);
        SameDocument.Is(told.ToDocument(), loaded.ToDocument()).ShouldBeTrue();
    }

    [Fact]
    public async Task The_cache_gives_the_same_snapshot_until_something_changes()
    {
        using var cache = new KnowledgeCache(_fixture.Database);
        var contract = Biz;
        await Do(new ImportContract(contract));
        var known = await cache.CurrentAsync();
        (await cache.CurrentAsync()).ShouldBeSameAs(known);
        await Do(new ImportContract(contract)); // nothing new
        (await cache.CurrentAsync()).ShouldBeSameAs(known);

        await Do(new ImportContract(contract.Of(contract.Customer with { Name = "Renamed KK" })));
        (await cache.CurrentAsync()).Contracts.Find(contract.Id)!.Document.Customer.Name.ShouldBe("Renamed KK");
        known.Contracts.Find(contract.Id)!.Document.Customer.Name.ShouldBe("Example KK");
    }

    [Fact]
    public async Task The_cache_does_not_take_another_history_for_its_own()
    {
        using var cache = new KnowledgeCache(_fixture.Database);
        var contract = Biz;
        await Do(new ImportContract(contract));
        (await cache.CurrentAsync()).No.ShouldBe(1);

        // the database is restored to before, and goes on differently
        await _fixture.ExecuteAsync("delete from billing.knowledge_log; update billing.knowledge_counter set no = 0; delete from billing.mt_events; delete from billing.mt_streams; delete from billing.number_entries");
        var other = Biz;
        await Do(new ImportContract(other));
        var known = await cache.CurrentAsync();
        known.No.ShouldBe(1);
        known.Contracts.Contracts.Single().Id.ShouldBe(other.Id);
    }

    [Fact]
    public async Task Ten_thousand_contracts_are_known_as_the_file_says()
    {
        var contracts = Enumerable.Range(0, 10_000).Select(_ => WMode).ToList();
        (await _fixture.InvokeAsync<ContractsImported>(new ImportContracts(contracts))).Contracts.ShouldAllBe(contract => contract.Refusal == null);
        var known = await Loader.LoadAsync();
        known.No.ShouldBe(10_000);
        known.Contracts.Contracts.Count.ShouldBe(10_000);
        var last = contracts[^1];
        var number = System.Text.Encoding.ASCII.GetBytes(last.Numbers[0].Number);
        known.Contracts.Holder050(number, Tokyo.DayNumber(Date("2026-04-01")))!.Contract.Id.ShouldBe(last.Id);
    }

    private static ReferenceDocument BuiltInReference => DocumentReader.Read<ReferenceDocument>(BuiltInDocuments.Reference).Document!;

    private async Task Do(object command) => (await _fixture.InvokeAsync(command)).Refusal.ShouldBeNull();
}
