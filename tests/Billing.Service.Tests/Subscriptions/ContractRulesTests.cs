using System.Text;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Subscriptions;
using static Billing.Service.Tests.Subscriptions.Sample;

namespace Billing.Service.Tests.Subscriptions;

/// <summary>The rules that a contract obeys on its own, on both sides of each boundary.</summary>
public sealed class ContractRulesTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("JP", null)]
    [InlineData("US", "R1")]
    [InlineData("jp", "R1")]
    [InlineData("", "R1")]
    public void R1_the_contractor_is_in_Japan(string? country, string? rule) =>
        RuleOf(Biz.Of(new CustomerDocument { Name = "Example", Country = country })).ShouldBe(rule);

    [Fact]
    public void R1_an_address_abroad_is_refused_later_too()
    {
        var contract = Biz;
        RuleOf(contract.Of(contract.Customer with { Country = "SG" }), Subscribed(contract)).ShouldBe("R1");
    }

    [Theory]
    [InlineData("status")]
    [InlineData("suspendedFrom")]
    [InlineData("paused")]
    public void R2_no_document_can_say_that_a_contract_pauses(string member)
    {
        var (document, fault) = DocumentReader.Read<ContractsDocument>(Encoding.UTF8.GetBytes(
            $$"""{"contracts":[{"id":"C-1","service":"biz","customer":{"name":"x"},"openedOn":"2026-04-01","numbers":[],"{{member}}":"2026-05-01"}]}"""));
        document.ShouldBeNull();
        fault!.Reason.ShouldContain(member);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("corporate", null, null)]
    [InlineData("individual", null, "R3")]
    [InlineData("sole-proprietor", null, "R3")]
    [InlineData("corporate", "1180301018771", null)]
    [InlineData("corporate", "7120001168421", null)]
    [InlineData("corporate", "5010001008846", null)]
    [InlineData("corporate", "7010401045660", null)]
    [InlineData("corporate", "1234567890123", "R3")]
    [InlineData("corporate", "1180301018772", "R3")]
    [InlineData("corporate", "118030101877", "R3")]
    [InlineData("corporate", "T180301018771", "R3")]
    [InlineData("corporate", "１180301018771", "R3")]
    public void R3_the_contractor_is_a_corporation(string? kind, string? corporateNumber, string? rule) =>
        RuleOf(Biz.Of(new CustomerDocument { Name = "Example", Kind = kind, CorporateNumber = corporateNumber })).ShouldBe(rule);

    [Theory]
    [InlineData(500, null)]
    [InlineData(501, "R9")]
    public void R9_a_W_mode_contract_has_at_most_500_numbers(int count, string? rule) =>
        RuleOf(WMode.Holding([.. Numbers(count)])).ShouldBe(rule);

    [Fact]
    public void R9_a_biz_contract_has_as_many_as_it_likes() => RuleOf(Biz.Holding([.. Numbers(501)])).ShouldBeNull();

    [Theory]
    [InlineData("2026-09-30", null)] // the old number is gone a day before
    [InlineData("2026-10-01", null)] // gone on the very day: validity excludes its end
    [InlineData("2026-10-02", "R9")] // one day together
    [InlineData(null, "R9")]
    public void R9_scheduled_numbers_count_on_the_days_for_which_they_are_scheduled(string? oldNumberTo, string? rule) =>
        RuleOf(WMode.Holding([.. Numbers(499), Number(NextNumber(), to: oldNumberTo), Number(NextNumber(), from: "2026-10-01")])).ShouldBe(rule);

    [Fact]
    public void R9_says_on_which_day()
    {
        var refusal = ContractRules.Check(null, WMode.Holding([.. Numbers(500), Number(NextNumber(), from: "2027-02-01")]))!;
        refusal.Message.ShouldContain("2027-02-01");
        refusal.Message.ShouldContain("501");
    }

    [Fact]
    public void R9_numbers_after_the_contract_has_ended_do_not_count() =>
        RuleOf(WMode.Between("2026-04-01", "2026-10-01").Holding([.. Numbers(500), Number(NextNumber(), from: "2026-10-01")])).ShouldBeNull();

    [Theory]
    [InlineData(null, null, "R10")]
    [InlineData("2026-04-01", null, null)]
    [InlineData("2026-03-31", null, null)]
    [InlineData("2026-04-02", null, "R10")]
    [InlineData("2026-03-01", "2026-04-01", "R10")]
    [InlineData("2026-03-01", "2026-04-02", null)]
    public void R10_a_W_mode_contract_opens_with_Billing_StationFrom(string? from, string? to, string? rule) =>
        RuleOf(WMode with { BillingStation = from is null ? null : StationFrom(from, to) }).ShouldBe(rule);

    [Fact]
    public void R10_a_biz_contract_needs_none() => RuleOf(Biz with { BillingStation = null }).ShouldBeNull();

    [Theory]
    [InlineData("web-phonebook", 30, null)]
    [InlineData("web-phonebook", 29, "R16")]
    [InlineData("web-phonebook", 0, "R16")]
    [InlineData("recording", 1, null)]
    public void R16_Web_phonebook_is_contracted_for_30_IDs_or_more(string code, int quantity, string? rule) =>
        RuleOf(Biz with { Options = [Phonebook(quantity) with { Code = code }] }).ShouldBe(rule);

    [Fact]
    public void R16_a_later_reduction_below_30_IDs_is_refused_too()
    {
        var contract = Biz with { Options = [Phonebook(40)] };
        RuleOf(contract with { Options = [Phonebook(40, to: "2026-06-01"), Phonebook(30, "2026-06-01")] }, Subscribed(contract)).ShouldBeNull();
        RuleOf(contract with { Options = [Phonebook(40, to: "2026-06-01"), Phonebook(29, "2026-06-01")] }, Subscribed(contract)).ShouldBe("R16");
    }

    [Theory]
    [InlineData("09012345678", null)]
    [InlineData("08012345678", null)]
    [InlineData("07012345678", null)]
    [InlineData("05012345678", "R52")]
    [InlineData("0312345678", "R52")]
    [InlineData("02012345678", "R52")]
    [InlineData("06012345678", "R52")]
    [InlineData("0901234567", "R52")]
    public void R52_a_pair_has_a_mobile_number(string mobile, string? rule) =>
        RuleOf(WMode.Holding(Number(NextNumber(), mobile))).ShouldBe(rule);

    [Fact]
    public void R58_a_number_is_in_one_pair_at_a_time()
    {
        var (number, one, other) = (NextNumber(), NextMobile(), NextMobile());
        RuleOf(WMode.Holding(Number(number, one), Number(number, other, "2026-05-01"))).ShouldBe("R58");
        RuleOf(WMode.Holding(Number(number, one, to: "2026-05-01"), Number(number, other, "2026-05-01"))).ShouldBeNull();
        RuleOf(WMode.Holding(Number(NextNumber(), one), Number(NextNumber(), one, "2026-05-01"))).ShouldBe("R58");
        RuleOf(WMode.Holding(Number(NextNumber(), one, to: "2026-05-01"), Number(NextNumber(), one, "2026-05-01"))).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("C\u0000")]
    [InlineData("C\n1")]
    public void An_id_that_no_stream_can_have_is_refused(string id) => RuleOf(Biz with { Id = id }).ShouldBe("document");

    [Fact]
    public void A_text_that_the_database_can_not_hold_is_refused() =>
        RuleOf(Biz.Of(new CustomerDocument { Name = "Exam\u0000ple" })).ShouldBe("document");

    [Fact]
    public void A_contract_keeps_its_service()
    {
        var contract = Biz;
        RuleOf(contract with { Service = ServiceKind.WMode, BillingStation = StationFrom("2026-04-01") }, Subscribed(contract)).ShouldBe("document");
    }

    [Theory]
    [InlineData("2024-12-10", "2025-03-01")]
    [InlineData("2023-12-31", "2024-03-01")]
    [InlineData("2025-07-15", "2025-10-01")]
    [InlineData("2025-07-01", "2025-10-01")]
    [InlineData("2025-07-31", "2025-10-01")]
    public void R12_Billing_Station_ends_after_the_second_month_after_termination(string terminatedOn, string firstDayWithout) =>
        BillingStationEnd.Of(Ended(terminatedOn), []).ShouldBe(Date(firstDayWithout));

    [Theory]
    [InlineData("2025-09-30", false)] // opens on the last day: the end is cancelled
    [InlineData("2025-10-01", true)] // opens when it has ended
    public void R12_a_new_W_mode_contract_before_the_end_cancels_it(string openedOn, bool ends)
    {
        var ended = Ended("2025-07-15");
        var next = (WMode with { BillingStation = StationFrom(openedOn) }).Between(openedOn, null).Of(ended.Customer);
        BillingStationEnd.Of(ended, [ended, next]).HasValue.ShouldBe(ends);
    }

    [Fact]
    public void R12_another_use_of_Billing_Station_keeps_it()
    {
        var ended = Ended("2025-07-15");
        var biz = (Biz with { BillingStation = StationFrom("2025-01-01") }).Between("2025-01-01", null).Of(ended.Customer);
        BillingStationEnd.Of(ended, [ended, biz]).ShouldBeNull();
        BillingStationEnd.Of(ended, [ended, biz.Of(ended.Customer with { CorporateNumber = "5010001008846" })]).ShouldNotBeNull();
        BillingStationEnd.Of(ended, [ended, biz with { BillingStation = null }]).ShouldNotBeNull();
    }

    private static ContractDocument Ended(string terminatedOn) => (WMode with { BillingStation = StationFrom("2023-01-01") })
        .Between("2023-01-01", terminatedOn)
        .Of(new CustomerDocument { Name = "Example", CorporateNumber = "1180301018771" });

    private static IEnumerable<NumberDocument> Numbers(int count) => Enumerable.Range(0, count).Select(_ => Number(NextNumber()));

    private static SubscribedContract Subscribed(ContractDocument document) =>
        ContractDecider.Decide(null, document).Aggregate(new SubscribedContract(), (contract, happened) => contract.Take(happened));

    private static string? RuleOf(ContractDocument wanted, SubscribedContract? contract = null) => ContractRules.Check(contract, wanted)?.Rule;
}
