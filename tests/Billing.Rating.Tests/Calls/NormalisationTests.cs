using System.Text;
using Billing.Contracts;
using Billing.Rating.Numbers;

namespace Billing.Rating.Tests;

/// <summary>Numbers as they are captured, made comparable (rating rules, section 4).</summary>
public sealed class NormalisationTests
{
    [Theory]
    [InlineData("0312345678", "0312345678")]
    [InlineData("*21*0312345678#", "*21*0312345678#")]
    [InlineData("#", "#")]
    [InlineData("##", "##")]
    [InlineData("0#1", "0#1")]
    public void What_is_a_number_already_stays_as_it_is(string text, string expected) => Normalised(text).ShouldBe(expected);

    [Theory]
    [InlineData("０３１２３４５６７８", "0312345678")]
    [InlineData("＃３１", "#31")]
    [InlineData("＊＃", "*#")]
    [InlineData("＋８１３１２３４５６７８", "0312345678")]
    [InlineData("ｔｅｌ：０３１２３４５６７８", "0312345678")]
    [InlineData("ＳＩＰ：０３１２３４５６７８＠ａ", "0312345678")]
    [InlineData("①②③", "123")]
    [InlineData("⑽", "10")]
    [InlineData("⒈⒉", "12")]
    [InlineData("³²¹", "321")]
    [InlineData("₀₃₁₂", "0312")]
    [InlineData("\U0001D7CE\U0001D7D1", "03")]
    [InlineData("\U0001D7F6\U0001D7FF", "09")]
    [InlineData("\U0001FBF0\U0001FBF9", "09")]
    [InlineData("⁺81312345678", "0312345678")]
    [InlineData("03（1234）5678", "0312345678")]
    [InlineData("03⑴", "031")]
    public void Compatibility_forms_become_plain_ones(string text, string expected) => Normalised(text).ShouldBe(expected);

    [Theory]
    [InlineData('-')]
    [InlineData('\u2010')]
    [InlineData('\u2011')]
    [InlineData('\u2012')]
    [InlineData('\u2013')]
    [InlineData('\u2014')]
    [InlineData('\u2015')]
    [InlineData('\u2212')]
    [InlineData('\u30FC')]
    [InlineData('\uFF70')]
    [InlineData('\uFF0D')]
    [InlineData('\uFE63')]
    [InlineData('\uFE58')]
    [InlineData(' ')]
    [InlineData('\u3000')]
    [InlineData('\u00A0')]
    [InlineData('\u2003')]
    [InlineData('.')]
    [InlineData('．')]
    [InlineData('\u2024')]
    [InlineData('(')]
    [InlineData(')')]
    [InlineData('（')]
    [InlineData('）')]
    public void Spaces_dots_brackets_and_dashes_are_dropped_wherever_they_stand(char filler)
    {
        Normalised($"03{filler}1234{filler}5678").ShouldBe("0312345678");
        Normalised($"{filler}0312345678{filler}").ShouldBe("0312345678");
        Normalised($"{filler}+{filler}8{filler}1{filler}0{filler}312345678").ShouldBe("0312345678");
    }

    [Theory]
    [InlineData("\u200F")]
    [InlineData("\u2016")]
    [InlineData("\u203E")]
    [InlineData("\u30A1")]
    [InlineData("_")]
    [InlineData("~")]
    [InlineData("\uFF5E")]
    [InlineData("/")]
    [InlineData("\t")]
    [InlineData("\u200B")]
    [InlineData("\u00AD")]
    [InlineData("\u2043")]
    [InlineData("\u0660")]
    [InlineData("\u0966")]
    [InlineData("一")]
    [InlineData("\u309B")]
    [InlineData("\uFFFE")]
    [InlineData("\uFFFF")]
    [InlineData("\uFDD0")]
    [InlineData("\U0001FFFE")]
    [InlineData("\U0010FFFF")]
    [InlineData("\u20E3")]
    [InlineData("\uFDFA")]
    [InlineData("\U0001F4DE")]
    [InlineData("a")]
    [InlineData(":")]
    [InlineData(",")]
    public void Anything_else_is_no_number(string stranger)
    {
        Normalised($"03{stranger}12345678").ShouldBeNull();
        Normalised(stranger).ShouldBeNull();
    }

    [Theory]
    [InlineData("tel:0312345678", "0312345678")]
    [InlineData("TEL:0312345678", "0312345678")]
    [InlineData("sip:0312345678@example.jp", "0312345678")]
    [InlineData("SiP:0312345678@example.jp;user=phone", "0312345678")]
    [InlineData("sips:0312345678@example.jp", "0312345678")]
    [InlineData("sips:+81312345678", "0312345678")]
    [InlineData("tel:+81-3-1234-5678;phone-context=example", "0312345678")]
    [InlineData("0312345678;ext=1", "0312345678")]
    [InlineData("0312345678@host", "0312345678")]
    [InlineData("tel:tel:0312345678", null)]
    [InlineData(" tel:0312345678", null)]
    [InlineData("http:0312345678", null)]
    [InlineData("tel0312345678", null)]
    [InlineData("sip:@example.jp", null)]
    [InlineData(";0312345678", null)]
    [InlineData("tel:", null)]
    public void A_scheme_at_the_start_and_what_follows_an_at_or_semicolon_are_taken_off(string text, string? expected) =>
        Normalised(text).ShouldBe(expected);

    [Theory]
    [InlineData("+81312345678", "0312345678")]
    [InlineData("+810312345678", "0312345678")]
    [InlineData("+8100312345678", "00312345678")]
    [InlineData("+81(0)3-1234-5678", "0312345678")]
    [InlineData("+81", "0")]
    [InlineData("+810", "0")]
    [InlineData("+8", "0108")]
    [InlineData("+12025550100", "01012025550100")]
    [InlineData("+0312345678", "0100312345678")]
    [InlineData("+#81", "010#81")]
    [InlineData("+", "010")]
    [InlineData("++81312345678", null)]
    [InlineData("0+81312345678", null)]
    [InlineData("03+", null)]
    public void A_leading_plus_stands_for_010_and_plus_81_for_0(string text, string? expected) => Normalised(text).ShouldBe(expected);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("-.()")]
    [InlineData("anonymous")]
    public void Nothing_left_is_no_number(string text) => Normalised(text).ShouldBeNull();

    [Fact]
    public void The_longest_number_a_row_may_carry_is_kept_whole()
    {
        Normalised(new string('1', 64)).ShouldBe(new string('1', 64));
        Normalised(string.Concat(Enumerable.Repeat("⑽", 64))).ShouldBe(string.Concat(Enumerable.Repeat("10", 64)));
    }

    [Theory]
    [InlineData("called_number", "call", RejectReason.BadNumber)]
    [InlineData("called_number", "extension", RejectReason.None)]
    [InlineData("called_number", "sms", RejectReason.None)]
    [InlineData("calling_number", "call", RejectReason.BadNumber)]
    [InlineData("calling_number", "forward", RejectReason.None)]
    [InlineData("calling_number", "sms", RejectReason.BadNumber)]
    [InlineData("forwarded_by", "forward", RejectReason.BadNumber)]
    [InlineData("forwarded_by", "call", RejectReason.None)]
    [InlineData("presented_number", "call", RejectReason.None)]
    public void Only_the_paying_number_and_a_called_number_that_is_read_reject_a_row(string column, string kind, RejectReason expected)
    {
        var record = new CallRecord { Kind = kind, ForwardedBy = SampleContracts.BizNumber };
        record = column switch
        {
            "called_number" => record with { Called = "no number" },
            "calling_number" => record with { Calling = "no number" },
            "forwarded_by" => record with { ForwardedBy = "no number" },
            _ => record with { Presented = "no number" },
        };

        World.Csv().Parse(record.CsvUtf8).Reject.ShouldBe(expected);
    }

    [Fact]
    public void An_unanswered_record_is_read_for_its_paying_number_only()
    {
        World.Csv().Parse(new CallRecord { Unanswered = true, Called = "?" }.CsvUtf8).Reject.ShouldBe(RejectReason.None);
        World.Csv().Parse(new CallRecord { Unanswered = true, Calling = "?" }.CsvUtf8).Reject.ShouldBe(RejectReason.BadNumber);
    }

    private static string? Normalised(string text)
    {
        var buffer = new byte[NumberText.Capacity + 3];
        var length = NumberText.Normalise(Encoding.UTF8.GetBytes(text), buffer);
        return length < 0 ? null : Encoding.ASCII.GetString(buffer, 0, length);
    }
}
