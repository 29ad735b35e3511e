using System.Text;
using Billing.Contracts;
using CsCheck;
using NodaTime;

namespace Billing.Rating.Tests;

/// <summary>Months, days in Tokyo, seconds and the order of texts.</summary>
public sealed class ValueTests
{
    [Theory]
    [InlineData("2026-10", 31)]
    [InlineData("2026-02", 28)]
    [InlineData("2028-02", 29)]
    [InlineData("2100-02", 28)]
    [InlineData("2000-02", 29)]
    public void A_month_knows_its_days(string text, int days)
    {
        var month = UsageMonth.Parse(text);

        (month.Days, month.FirstDay.Day, month.LastDay.Day, month.ToString()).ShouldBe((days, 1, days, text));
    }

    [Theory]
    [InlineData("2026-12", 1, "2027-01")]
    [InlineData("2026-01", -1, "2025-12")]
    [InlineData("2024-12", 2, "2025-02")]
    [InlineData("2026-10", 0, "2026-10")]
    public void Months_are_counted_across_the_year(string from, int months, string to) => UsageMonth.Parse(from).Plus(months).ShouldBe(UsageMonth.Parse(to));

    [Theory]
    [InlineData("2026-13")]
    [InlineData("2026-00")]
    [InlineData("2026-1")]
    [InlineData("2026/10")]
    [InlineData("202610")]
    [InlineData("0000-01")]
    [InlineData("2026-10-01")]
    [InlineData("+026-10")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_no_month_is_not_read(string? text) => UsageMonth.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Months_compare_by_time()
    {
        var (december, january) = (UsageMonth.Parse("2026-12"), UsageMonth.Parse("2027-01"));

        (december < january, december <= january, january > december, january >= december, december.CompareTo(january) < 0).ShouldBe((true, true, true, true, true));
        UsageMonth.Of(new LocalDate(2026, 12, 31)).ShouldBe(december);
    }

    [Fact]
    public void Days_and_months_in_Tokyo_agree_with_the_time_zone() =>
        Law.Holds(Gen.Long[-86_400_000, 7_289_654_399_999], "0000EQj4QNy7", 10_000, ms =>
        {
            var date = Instant.FromUnixTimeMilliseconds(ms).InZone(DateTimeZoneProviders.Tzdb["Asia/Tokyo"]).Date;

            Tokyo.Date(Tokyo.DayOf(ms)).ShouldBe(date);
            Tokyo.DayNumber(date).ShouldBe(Tokyo.DayOf(ms));
            Tokyo.MonthOf(Tokyo.DayOf(ms)).ShouldBe(UsageMonth.Of(date));
        });

    [Theory]
    [InlineData(61_000, "61")]
    [InlineData(1_234_567, "1234.567")]
    [InlineData(500, "0.5")]
    [InlineData(10, "0.01")]
    [InlineData(0, "0")]
    public void Seconds_are_written_shortest(long ms, string text) => new Seconds(ms).ToString().ShouldBe(text);

    [Fact]
    public void The_order_of_texts_is_that_of_their_utf8_bytes() =>
        Law.Holds(Gen.Select(Text, Text), "0000000031a8", 10_000, pair =>
        {
            var (a, b) = pair;

            Math.Sign(CodePointOrder.Instance.Compare(a, b)).ShouldBe(Math.Sign(Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))));
        });

    [Fact]
    public void An_absent_text_comes_first()
    {
        CodePointOrder.Instance.Compare(null, "").ShouldBeNegative();
        CodePointOrder.Instance.Compare("", null).ShouldBePositive();
        CodePointOrder.Instance.Compare(null, null).ShouldBe(0);
    }

    private static Gen<string> Text => Gen.OneOf("a", "B", "-", "é", "\u3042", "\uD7FF", "\uE000", "\uFF46", "\uFFFD", "\U00010000", "\U00020BB7", "\U0001F600", "\U0010FFFF")
        .Array[0, 4].Select(string.Concat);
}
