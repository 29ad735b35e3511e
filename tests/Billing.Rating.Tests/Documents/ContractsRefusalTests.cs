using Billing.Contracts.Documents;
using Billing.Rating.Subscriptions;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>What refuses a contracts document, with the path of the fault (documents).</summary>
public sealed class ContractsRefusalTests
{
    [Fact]
    public void The_sample_contracts_are_accepted() => FaultOf(Biz, WMode).ShouldBeNull();

    [Fact]
    public void Two_contracts_do_not_share_an_id()
    {
        FaultOf(Biz, WMode, WMode with { Id = "C-BIZ", Numbers = [] }).ShouldBe("$.contracts[2].id");
        FaultOf(Biz, WMode with { Id = "c-biz" }).ShouldBeNull();
        FaultOf(Biz with { Id = "" }).ShouldBe("$.contracts[0].id");
    }

    [Theory]
    [InlineData("0503300000")]
    [InlineData("050330000012")]
    [InlineData("050-3300-0001")]
    [InlineData("0312345678")]
    [InlineData("０５０33000001")]
    [InlineData("05033000001\n")]
    [InlineData("")]
    public void A_number_is_an_050_number_of_11_digits(string number) =>
        FaultOf(Biz with { Numbers = [Number("05033000009"), Number(number)] }).ShouldBe("$.contracts[0].numbers[1].number");

    [Theory]
    [InlineData("07011112222", true)]
    [InlineData("08011112222", true)]
    [InlineData("09011112222", true)]
    [InlineData("06011112222", false)]
    [InlineData("05011112222", false)]
    [InlineData("02011112222", false)]
    [InlineData("0901111222", false)]
    [InlineData("090-1111-2222", false)]
    public void R52_a_pair_is_a_050_number_and_a_070_080_or_090_number(string mobile, bool accepted) =>
        FaultOf(WMode with { Numbers = [Number(WModeNumber, mobile)] }).ShouldBe(accepted ? null : "$.contracts[0].numbers[0].mobileNumber");

    [Fact]
    public void R52_only_a_w_mode_contract_pairs_mobile_numbers() =>
        FaultOf(Biz with { Numbers = [Number(BizNumber, PairedMobile)] }).ShouldBe("$.contracts[0].numbers[0].mobileNumber");

    [Theory]
    [InlineData("2026-04-01", "2026-07-01", "2026-07-01", null, true)]
    [InlineData("2026-04-01", "2026-07-02", "2026-07-01", null, false)]
    [InlineData("2026-04-01", null, "2026-07-01", null, false)]
    [InlineData("2026-07-01", null, "2026-04-01", "2026-07-01", true)]
    [InlineData("2026-07-01", null, "2026-04-01", "2026-07-02", false)]
    public void R58_a_number_is_in_one_entry_at_a_time(string from, string? to, string otherFrom, string? otherTo, bool accepted)
    {
        var same = FaultOf(Biz with { Numbers = [Number(BizNumber, null, from, to), Number(BizNumber, null, otherFrom, otherTo)] });
        var other = FaultOf(Biz with { Numbers = [Number(BizNumber, null, from, to)] }, Biz with { Id = "C-2", Numbers = [Number(BizNumber, null, otherFrom, otherTo)] });
        var mobile = FaultOf(WMode with { Numbers = [Number("05033100001", PairedMobile, from, to), Number("05033100002", PairedMobile, otherFrom, otherTo)] });

        if (accepted)
        {
            (same, other, mobile).ShouldBe((null, null, null));
            return;
        }

        same.ShouldNotBeNull().ShouldStartWith("$.contracts[0].numbers[");
        same.ShouldEndWith("].number");
        other.ShouldNotBeNull().ShouldEndWith("].numbers[0].number");
        mobile.ShouldNotBeNull().ShouldEndWith("].mobileNumber");
    }

    [Fact]
    public void R58_a_number_of_a_closed_contract_is_free_for_another()
    {
        FaultOf(Biz.Open("2026-04-01", "2026-07-01"), Biz.Open("2026-07-01") with { Id = "C-2" }).ShouldBeNull();
        FaultOf(Biz.Open("2026-04-01", "2026-07-02"), Biz.Open("2026-07-01") with { Id = "C-2" }).ShouldBe("$.contracts[1].numbers[0].number");
    }

    [Fact]
    public void R58_a_pair_may_change_its_mobile_number() =>
        FaultOf(WMode with
        {
            Numbers = [Number(WModeNumber, "09011112222", to: "2026-07-01"), Number(WModeNumber, "09011112223", from: "2026-07-01")],
        }).ShouldBeNull();

    [Theory]
    [InlineData("0", true)]
    [InlineData("1000000", true)]
    [InlineData("0.5", false)]
    [InlineData("-1", false)]
    public void R14_a_usage_limit_is_whole_yen_of_0_or_more(string amount, bool accepted) =>
        FaultOf(Biz with { UsageLimits = [Limit(0) with { Amount = SampleTariff.Yen(amount) }] })
            .ShouldBe(accepted ? null : "$.contracts[0].usageLimits[0].amount");

    [Theory]
    [InlineData("2026-07-01", true)]
    [InlineData("2026-07-02", false)]
    [InlineData(null, false)]
    public void R14_one_limit_is_in_force_at_a_time(string? to, bool accepted) =>
        FaultOf(Biz with { UsageLimits = [Limit(1, "2026-04-01", to), Limit(2, "2026-07-01")] }).ShouldBe(accepted ? null : "$.contracts[0].usageLimits[1]");

    [Fact]
    public void An_option_has_a_quantity_of_0_or_more()
    {
        FaultOf(Biz with { Options = [Option("x", -1, "2026-04-01")] }).ShouldBe("$.contracts[0].options[0].quantity");
        FaultOf(Biz with { Options = [Option("x", 0, "2026-04-01")] }).ShouldBeNull();
    }

    [Fact]
    public void Contracts_are_kept_in_the_order_of_their_ids_by_code_point()
    {
        var ids = new[] { "C-10", "C-9", "c-1", "\uFF23-1", "\U00020BB7-1", "契約-1" };

        var book = Book([.. ids.Select((id, i) => Biz with { Id = id, Numbers = [Number($"0503300000{i}")] })]);

        book.Contracts.Select(contract => contract.Id).ShouldBe(["C-10", "C-9", "c-1", "契約-1", "\uFF23-1", "\U00020BB7-1"]);
        book.Find("C-9").ShouldNotBeNull().Id.ShouldBe("C-9");
        book.Find("c-9").ShouldBeNull();
    }

    private static string? FaultOf(params IReadOnlyList<ContractDocument> contracts) => ContractBook.Compile(Document(contracts)).Fault?.Path;
}
