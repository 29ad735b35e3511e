using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Subscriptions;
using static Billing.Service.Tests.Subscriptions.Sample;

namespace Billing.Service.Tests.Subscriptions;

/// <summary>Contracts imported into the event store, one by one and in bulk.</summary>
public sealed class ImportContractsTests(DatabaseFixture fixture) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task The_same_file_again_changes_nothing_and_takes_no_number()
    {
        ContractDocument[] contracts = [Biz, WMode with { UsageLimits = [Limit(1_000_000)], Options = [Phonebook(30)] }, WMode.Between("2026-04-01", "2026-10-16")];
        var first = await Import(contracts);
        first.ShouldAllBe(contract => contract.Refusal == null && contract.Changes > 0);
        var no = await No();

        (await Import(contracts)).ShouldAllBe(contract => contract.Refusal == null && contract.Changes == 0);
        foreach (var contract in contracts)
        {
            (await ImportOne(contract)).Refusal.ShouldBeNull();
        }

        (await No()).ShouldBe(no);
    }

    [Fact]
    public async Task A_contract_is_known_as_it_was_imported()
    {
        var wanted = WMode with { UsageLimits = [Limit(500_000)], Options = [Phonebook(30, to: "2026-06-01"), Phonebook(40, "2026-06-01")] };
        await ImportOne(wanted);
        var changed = wanted.Holding([.. wanted.Numbers, Number(NextNumber(), NextMobile(), "2026-05-01")]) with { UsageLimits = null };
        await ImportOne(changed);
        Json((await Known(wanted.Id))!.ToDocument()).ShouldBe(Json(changed));
    }

    [Fact]
    public async Task One_by_one_and_in_bulk_give_the_same_events()
    {
        var one = WMode with { UsageLimits = [Limit(1_000_000)], Options = [Phonebook(30)] };
        var other = one with { Id = NextId(), Numbers = [Number(NextNumber(), NextMobile())] };
        await ImportOne(one);
        await Import(other);
        (await Events(one.Id)).ShouldBe(await Events(other.Id));
        (await fixture.Store.LightweightSession().Events.FetchStreamStateAsync(KnowledgeStreams.Contract(other.Id)))!.Version.ShouldBe((await Events(other.Id)).Count);
    }

    [Fact]
    public async Task A_refused_contract_leaves_the_others_alone()
    {
        var (good, bad, better) = (Biz, WMode with { BillingStation = null }, Biz);
        var imported = await Import(good, bad, better);
        imported.Select(contract => contract.Refusal?.Rule).ShouldBe([null, "R10", null]);
        (await Known(bad.Id)).ShouldBeNull();
        (await Known(good.Id)).ShouldNotBeNull();
        (await ImportOne(bad)).Refusal!.Rule.ShouldBe("R10");
        (await Events(bad.Id)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_contract_named_twice_in_a_file_is_refused()
    {
        var contract = Biz;
        (await Import(contract, contract with { OpenedOn = Date("2026-05-01") })).ShouldAllBe(imported => imported.Refusal!.Rule == "document");
        (await Known(contract.Id)).ShouldBeNull();
    }

    [Fact]
    public async Task R9_a_501st_number_is_refused_and_the_500_stay()
    {
        var full = WMode.Holding([.. Enumerable.Range(0, 500).Select(_ => Number(NextNumber()))]);
        (await ImportOne(full)).Refusal.ShouldBeNull();
        var over = full.Holding([.. full.Numbers, Number(NextNumber(), from: "2027-01-01")]);
        (await ImportOne(over)).Refusal!.Rule.ShouldBe("R9");
        (await Import(over)).Single().Refusal!.Rule.ShouldBe("R9");
        (await Known(full.Id))!.Numbers.Count().ShouldBe(500);
    }

    [Fact]
    public async Task R58_a_number_of_another_contract_is_refused()
    {
        var (number, mobile) = (NextNumber(), NextMobile());
        await ImportOne(WMode.Holding(Number(number, mobile, to: "2026-08-01")));
        (await ImportOne(WMode.Holding(Number(number, NextMobile(), "2026-07-31")))).Refusal!.Rule.ShouldBe("R58");
        (await ImportOne(Biz.Holding(Number(number, from: "2026-07-31")))).Refusal!.Rule.ShouldBe("R58");
        (await ImportOne(WMode.Holding(Number(NextNumber(), mobile, "2026-07-31")))).Refusal!.Rule.ShouldBe("R58");
        (await ImportOne(WMode.Holding(Number(number, mobile, "2026-08-01")))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task R58_a_number_is_free_while_its_contract_is_not_open()
    {
        var number = NextNumber();
        var first = Biz.Holding(Number(number)).Between("2026-04-01", "2026-07-01");
        await ImportOne(first);
        (await ImportOne(Biz.Holding(Number(number)).Between("2026-06-30", null))).Refusal!.Rule.ShouldBe("R58");
        (await ImportOne(Biz.Holding(Number(number)).Between("2026-07-01", null))).Refusal.ShouldBeNull();

        // taking the end back, or moving it, would make it two
        (await ImportOne(first with { TerminatedOn = null })).Refusal!.Rule.ShouldBe("R58");
        (await ImportOne(first with { TerminatedOn = Date("2026-07-02") })).Refusal!.Rule.ShouldBe("R58");
        (await ImportOne(first with { TerminatedOn = Date("2026-06-30") })).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task R58_numbers_move_between_contracts_of_one_file_in_any_order()
    {
        var (one, other) = (Biz, Biz);
        await Import(one, other);
        (await Import(one.Holding(other.Numbers), other.Holding(one.Numbers))).ShouldAllBe(contract => contract.Refusal == null && contract.Changes == 2);
        (await Known(one.Id))!.Numbers.ShouldBe(other.Numbers);
    }

    [Fact]
    public async Task R58_of_racing_imports_of_one_number_one_is_taken()
    {
        for (var round = 0; round < 10; round++)
        {
            var (number, mobile) = (NextNumber(), NextMobile());
            var answers = await Task.WhenAll(
                ImportOne(Biz.Holding(Number(number))),
                ImportOne(WMode.Holding(Number(number, mobile))),
                First(Import(WMode.Holding(Number(number)))),
                First(Import(WMode.Holding(Number(number, NextMobile(), "2026-05-01")))));
            answers.Count(answer => answer.Refusal is null).ShouldBe(1);
            answers.Where(answer => answer.Refusal is not null).ShouldAllBe(answer => answer.Refusal!.Rule == "R58");
        }

        static async Task<CommandResult> First(Task<IReadOnlyList<ImportedContract>> imported) => new((await imported)[0].Refusal);
    }

    [Fact]
    public async Task Racing_changes_of_one_contract_all_arrive()
    {
        var contract = Biz;
        await ImportOne(contract);
        var names = Enumerable.Range(0, 12).Select(i => $"Name {i}").ToList();
        var answers = await Task.WhenAll(names.Select(name => ImportOne(contract.Of(contract.Customer with { Name = name }))));
        answers.ShouldAllBe(answer => answer.Refusal == null);
        (await Events(contract.Id)).Count(text => text.StartsWith("customer_changed", StringComparison.Ordinal)).ShouldBe(12);
    }

    [Fact]
    public async Task R13_deposits_are_recorded_beside_the_contract()
    {
        var contract = Biz;
        (await fixture.InvokeAsync(new RecordDeposit(contract.Id, "received", Yen.Whole(50_000), Date("2026-04-01")))).Refusal!.Rule.ShouldBe("R13");
        await ImportOne(contract);
        (await fixture.InvokeAsync(new RecordDeposit(contract.Id, "received", Yen.Whole(50_000), Date("2026-04-01")))).Refusal.ShouldBeNull();
        (await fixture.InvokeAsync(new RecordDeposit(contract.Id, "lost", Yen.Whole(50_000), Date("2026-04-01")))).Refusal!.Rule.ShouldBe("R13");
        (await fixture.InvokeAsync(new RecordDeposit(contract.Id, "returned", Yen.Zero, Date("2026-04-01")))).Refusal!.Rule.ShouldBe("R13");
        (await Known(contract.Id))!.Deposits.Single().Amount.ShouldBe(Yen.Whole(50_000));
        (await Import(contract)).Single().Changes.ShouldBe(0);
    }

    [Fact]
    public async Task The_index_of_numbers_is_rebuilt_from_the_events_as_it_was()
    {
        var contract = WMode;
        await ImportOne(contract);
        await Import(contract.Holding(Number(NextNumber(), NextMobile())).Between("2026-04-01", "2026-12-01"), Biz);
        await ImportOne(contract.Holding(Number(NextNumber(), NextMobile())));
        var before = await Index();
        await fixture.ExecuteAsync("update billing.number_entries set to_day = 0");
        using (var daemon = await fixture.Store.BuildProjectionDaemonAsync())
        {
            await daemon.RebuildProjectionAsync("number-entries", CancellationToken.None);
        }

        (await Index()).ShouldBe(before);
    }

    private async Task<IReadOnlyList<ImportedContract>> Import(params ContractDocument[] contracts) =>
        (await fixture.InvokeAsync<ContractsImported>(new ImportContracts(contracts))).Contracts;

    private Task<CommandResult> ImportOne(ContractDocument contract) => fixture.InvokeAsync(new ImportContract(contract));

    private async Task<SubscribedContract?> Known(string id) =>
        (await new KnowledgeLoader(fixture.Database).LoadDocumentsAsync()).Contracts.FirstOrDefault(contract => contract.Contract == id);

    private async Task<long> No() => (await new KnowledgeLoader(fixture.Database).LoadDocumentsAsync()).No;

    private async Task<List<string>> Events(string id)
    {
        await using var session = fixture.Store.QuerySession();
        return [.. (await session.Events.FetchStreamAsync(KnowledgeStreams.Contract(id))).Select(happened => $"{happened.EventTypeName} {happened.Version}")];
    }

    private Task<string> Index() => fixture.ScalarAsync<string>(
        """
        select (select string_agg(e::text, '|' order by e::text) from billing.number_entries e)
            || (select string_agg(t::text, '|' order by t::text) from billing.contract_terms t)
        """);

    private static string Json(ContractDocument contract) => System.Text.Json.JsonSerializer.Serialize(contract, BillingStore.Json);
}
