using Billing.Contracts;
using Billing.Service.Hosting.MonthClose;
using NodaTime.Text;

namespace Billing.Service.Tests.Hosting;

/// <summary>When a month is closed: on the first of the next one, by the clock of Tokyo.</summary>
public sealed class CloseMonthTests
{
    [Theory]
    // the end of the year: Tokyo is nine hours ahead, the close comes six hours after midnight
    [InlineData("2026-12-31T14:59:59Z", "06:00", "2026-12", "2026-12-31T21:00:00Z")]
    [InlineData("2026-12-31T15:00:00Z", "06:00", "2026-12", "2026-12-31T21:00:00Z")]
    [InlineData("2026-12-31T20:59:59Z", "06:00", "2026-12", "2026-12-31T21:00:00Z")]
    [InlineData("2026-12-31T21:00:00Z", "06:00", "2027-01", "2027-01-31T21:00:00Z")]
    // February of a common year and of a leap year
    [InlineData("2027-02-27T15:00:00Z", "06:00", "2027-02", "2027-02-28T21:00:00Z")]
    [InlineData("2027-02-28T15:00:00Z", "06:00", "2027-02", "2027-02-28T21:00:00Z")]
    [InlineData("2027-02-28T21:00:00Z", "06:00", "2027-03", "2027-03-31T21:00:00Z")]
    [InlineData("2028-02-28T21:00:00Z", "06:00", "2028-02", "2028-02-29T21:00:00Z")]
    [InlineData("2028-02-29T15:00:00Z", "06:00", "2028-02", "2028-02-29T21:00:00Z")]
    // without a delay, at midnight itself, the next month is meant
    [InlineData("2026-12-31T14:59:59Z", "00:00", "2026-12", "2026-12-31T15:00:00Z")]
    [InlineData("2026-12-31T15:00:00Z", "00:00", "2027-01", "2027-01-31T15:00:00Z")]
    // the longest delay reaches almost to the end of February
    [InlineData("2027-02-28T14:58:59Z", "27.23:59", "2027-01", "2027-02-28T14:59:00Z")]
    [InlineData("2027-02-28T14:59:00Z", "27.23:59", "2027-02", "2027-03-28T14:59:00Z")]
    public void The_next_close_is_that_of_the_clock_of_Tokyo(string now, string delay, string month, string dueAt)
    {
        var wait = TimeSpan.Parse(delay, System.Globalization.CultureInfo.InvariantCulture);
        var next = CloseMonth.Next(InstantPattern.General.Parse(now).Value, wait);
        next.Month.ToString().ShouldBe(month);
        InstantPattern.General.Format(next.DueAt(wait)).ShouldBe(dueAt);
    }

    [Fact]
    public void At_every_hour_of_four_years_the_next_close_is_the_first_that_lies_ahead()
    {
        var delay = TimeSpan.FromHours(6);
        var last = new CloseMonth(new UsageMonth(2025, 12));
        for (var now = last.DueAt(delay); now < new CloseMonth(new UsageMonth(2029, 12)).DueAt(delay); now += NodaTime.Duration.FromHours(1))
        {
            var next = CloseMonth.Next(now, delay);
            next.DueAt(delay).ShouldBeGreaterThan(now);
            new CloseMonth(next.Month.Plus(-1)).DueAt(delay).ShouldBeLessThanOrEqualTo(now);
        }
    }

    [Fact]
    public void Under_another_delay_the_same_month_is_closed()
    {
        var month = new CloseMonth(new UsageMonth(2027, 2));
        foreach (var (before, after) in ((TimeSpan, TimeSpan)[])[
            (TimeSpan.FromHours(6), TimeSpan.Zero), (TimeSpan.Zero, TimeSpan.FromDays(27)), (TimeSpan.FromDays(27), TimeSpan.FromHours(6))])
        {
            CloseMonth.Reschedule(month.DueAt(before), after).ShouldBe(month.DueAt(after));
        }
    }

    [Fact]
    public void A_close_asks_for_the_invoices_and_schedules_the_month_after_it()
    {
        var settings = Server.Settings("Host=h");
        var (issue, next) = CloseMonthHandler.Handle(new CloseMonth(new UsageMonth(2026, 12)), settings, null!);
        issue.Month.ShouldBe(new UsageMonth(2026, 12));
        next.Message.Month.ShouldBe(new UsageMonth(2027, 1));
        next.Options.ScheduledTime.ShouldBe((DateTimeOffset?)DateTimeOffset.Parse("2027-02-01T06:00:00+09:00", System.Globalization.CultureInfo.InvariantCulture));
    }
}
