using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating;
using Billing.Service.Knowledge;
using Billing.Service.Tariffs;
using static Billing.Service.Tests.Subscriptions.Sample;
using static Billing.Service.Tests.Tariffs.SampleTariff;

namespace Billing.Service.Tests.Tariffs;

/// <summary>Tariffs and reference data published into the event store.</summary>
public sealed class PublishTariffTests : IAsyncLifetime
{
    private readonly DatabaseFixture _fixture = new();

    public Task InitializeAsync() => _fixture.InitializeAsync();

    public Task DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Pain11_new_prices_from_a_date_are_published_beforehand_and_hold_from_that_date()
    {
        (await Publish(Standard)).ShouldBeNull();
        (await Publish(Standard with { To = Date("2026-10-01") }, Version("2026-10", "2026-10-01").With("fixed", Flat("8.5", 180)))).ShouldBeNull();

        var tariffs = (await Known()).Tariffs;
        tariffs.On(Tokyo.DayNumber(Date("2026-03-31"))).ShouldBeNull();
        tariffs.On(Tokyo.DayNumber(Date("2026-09-30")))!.Version.ShouldBe("2026-04");
        tariffs.On(Tokyo.DayNumber(Date("2026-10-01")))!.Version.ShouldBe("2026-10");
        tariffs.On(Tokyo.DayNumber(Date("2026-10-01")))!.Plans["fixed"].PriceOf(0, 1).Charge.ShouldBe(Yen.Parse("8.5"));
        (await Known(1)).Tariffs.On(Tokyo.DayNumber(Date("2026-10-01")))!.Version.ShouldBe("2026-04", "before the publication nobody knew of it");
    }

    [Fact]
    public async Task Pain11_past_a_warning_nothing_is_published_until_it_is_accepted()
    {
        var unpriced = Standard.Without("satellite");
        var refusal = await Publish(unpriced);
        refusal!.Rule.ShouldBe("review");
        refusal.Message.ShouldContain("satellite");
        (await Known()).No.ShouldBe(0);
        (await Publish(accept: true, unpriced)).ShouldBeNull();
        (await Known()).Tariffs.Versions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_text_again_is_not_published_again()
    {
        await Publish(Standard, Version("2026-03", "2026-03-01", "2026-04-01"));
        (await Known()).No.ShouldBe(1);
        (await Publish(Standard, Version("2026-03", "2026-03-01", "2026-04-01"))).ShouldBeNull();
        (await Publish(Standard)).ShouldBeNull();
        (await Known()).No.ShouldBe(1);
    }

    [Fact]
    public async Task Versions_of_one_document_are_published_all_or_none()
    {
        (await Publish(Standard, Version("2026-10", "2026-10-01"))).ShouldNotBeNull();
        (await Known()).Tariffs.Versions.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_stands_never_overlaps()
    {
        await Publish(Standard);
        var refusal = await Publish(Version("2026-10", "2026-10-01"));
        refusal!.Rule.ShouldBe("document");
        refusal.Message.ShouldContain("$.tariffs[0]");
        (await Publish(accept: true, Version("2026-10", "2026-10-01"))).ShouldNotBeNull("no flag gets past it");

        // of two that race for the same days one is published
        var racing = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Publish(Version($"race-{i}", "2026-03-01", "2026-04-01"))));
        racing.Count(answer => answer is null).ShouldBe(1);
        (await Known()).Tariffs.Versions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task There_is_one_tariff_at_a_time_even_when_two_race_to_be_it()
    {
        var racing = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Publish(Version("1", $"202{i}-01-01") with { Id = $"tariff {i}" })));
        racing.Count(answer => answer is null).ShouldBe(1);
        var published = (await Documents()).Tariffs.Single();

        (await Publish(Standard))!.Message.ShouldContain($"'{published.Id}'");
        (await _fixture.InvokeAsync(new WithdrawTariffVersion(published.Id, "1"))).Refusal.ShouldBeNull();
        (await Publish(Standard)).ShouldBeNull();
        (await Documents()).Tariffs.Single().Id.ShouldBe("standard");
    }

    [Fact]
    public async Task A_tariff_that_changed_since_its_review_is_reviewed_again()
    {
        await Publish(Standard);
        (await _fixture.InvokeAsync(new PublishTariff(Document(Version("0", "2026-01-01", "2026-02-01")), AcceptWarnings: true, ReviewedAt: 0))).Refusal!.Rule.ShouldBe("version");
        (await _fixture.InvokeAsync(new PublishTariff(Document(Version("0", "2026-01-01", "2026-02-01")), AcceptWarnings: true, ReviewedAt: 1))).Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task A_version_that_is_not_there_is_not_withdrawn()
    {
        (await _fixture.InvokeAsync(new WithdrawTariffVersion("standard", "2026-04"))).Refusal.ShouldNotBeNull();
        await Publish(Standard);
        (await _fixture.InvokeAsync(new WithdrawTariffVersion("standard", "2026-05"))).Refusal.ShouldNotBeNull();
        (await _fixture.InvokeAsync(new WithdrawTariffVersion("standard", "2026-04"))).Refusal.ShouldBeNull();
        (await Known()).Tariffs.Versions.ShouldBeEmpty();
        (await Known(1)).Tariffs.Versions.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_tariff_is_known_as_it_was_published()
    {
        (await Publish(accept: true, Everything)).ShouldBeNull();
        SameDocument.Is((await Documents()).Tariffs.Single(), Everything).ShouldBeTrue();
    }

    [Fact]
    public async Task Reference_data_is_replaced_whole_and_the_same_again_changes_nothing()
    {
        (await _fixture.InvokeAsync(new PublishReference(Reference))).Id.ShouldBe("published");
        (await _fixture.InvokeAsync(new PublishReference(Reference))).Id.ShouldBe("unchanged");
        (await Known()).No.ShouldBe(1);
        SameDocument.Is((await Documents()).Reference, Reference).ShouldBeTrue();

        (await _fixture.InvokeAsync(new PublishReference(Reference with { SecondaryLines = null }))).Id.ShouldBe("published");
        (await Known()).Reference.Document.SecondaryLines.ShouldBeNull();
        (await Known(1)).Reference.Document.SecondaryLines.ShouldNotBeNull();
    }

    [Fact]
    public async Task Reference_data_with_a_fault_is_refused_with_its_path()
    {
        var answer = await _fixture.InvokeAsync(new PublishReference(Reference with { Blocks050 = [new Block050Document { First = "33", Last = "3862", Carrier = "x" }] }));
        answer.Refusal!.Message.ShouldContain("$.blocks050[0]");
        (await Known()).No.ShouldBe(0);
    }

    private Task<Refusal?> Publish(params TariffDocument[] versions) => Publish(accept: false, versions);

    private async Task<Refusal?> Publish(bool accept, params TariffDocument[] versions) =>
        (await _fixture.InvokeAsync(new PublishTariff(Document(versions), accept))).Refusal;

    private Task<RatingKnowledge> Known(long? no = null) => new KnowledgeLoader(_fixture.Database).LoadAsync(no);

    private Task<KnownDocuments> Documents() => new KnowledgeLoader(_fixture.Database).LoadDocumentsAsync();
}
