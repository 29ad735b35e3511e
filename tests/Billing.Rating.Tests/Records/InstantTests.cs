using Billing.Contracts;

namespace Billing.Rating.Tests;

/// <summary>Instants: exactly <c>YYYY-MM-DDThh:mm:ss[.f…]</c> with <c>Z</c> or <c>±hh:mm</c> (cdr v1).</summary>
public sealed class InstantTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1970-01-01T00:00:00.001Z", 1)]
    [InlineData("1970-01-01T09:00:00+09:00", 0)]
    [InlineData("1970-01-01T00:00:00+00:01", -60_000)]
    [InlineData("2026-10-05T10:00:00Z", 1_791_194_400_000)]
    [InlineData("2026-10-05T10:00:00.5Z", 1_791_194_400_500)]
    [InlineData("2026-10-05T10:00:00.12Z", 1_791_194_400_120)]
    [InlineData("2026-10-05T10:00:00.123Z", 1_791_194_400_123)]
    [InlineData("2026-10-05T10:00:00.1239999999Z", 1_791_194_400_123)]
    [InlineData("2026-10-05T10:00:00.000999Z", 1_791_194_400_000)]
    [InlineData("2026-10-05T19:00:00+09:00", 1_791_194_400_000)]
    [InlineData("2026-10-04T20:00:00-14:00", 1_791_194_400_000)]
    [InlineData("2026-10-06T00:00:00+14:00", 1_791_194_400_000)]
    [InlineData("2026-10-05T10:00:00-00:00", 1_791_194_400_000)]
    [InlineData("2028-02-29T00:00:00Z", 1_835_395_200_000)]
    [InlineData("2000-02-29T00:00:00Z", 951_782_400_000)]
    [InlineData("2200-12-31T23:59:59.999Z", 7_289_654_399_999)]
    public void An_instant_is_milliseconds_of_utc_further_decimals_cut_off(string text, long ms)
    {
        var row = World.Csv().Parse(Rows.Csv(("started_at", text), ("answered_at", ""), ("ended_at", text)));

        row.Reject.ShouldBe(RejectReason.None);
        row.StartedMs.ShouldBe(ms);
    }

    [Theory]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("2201-01-01T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-00-01T00:00:00Z")]
    [InlineData("2026-10-00T00:00:00Z")]
    [InlineData("2026-09-31T00:00:00Z")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2100-02-29T00:00:00Z")]
    [InlineData("2026-10-05T23:60:00Z")]
    [InlineData("2026-10-05T24:00:00Z")]
    [InlineData("2026-10-05T23:59:60Z")]
    [InlineData("2026-10-05T10:00:00+14:01")]
    [InlineData("2026-10-05T10:00:00-14:01")]
    [InlineData("2026-10-05T10:00:00+15:00")]
    [InlineData("2026-10-05T10:00:00+09:60")]
    [InlineData("2026-10-05T10:00:00")]
    [InlineData("2026-10-05T10:00:00.Z")]
    [InlineData("2026-10-05T10:00:00.1")]
    [InlineData("2026-10-05T10:00:00,1Z")]
    [InlineData("2026-10-05T10:00:00+0900")]
    [InlineData("2026-10-05T10:00:00+09")]
    [InlineData("2026-10-05T10:00:00+9:00")]
    [InlineData("2026-10-05 10:00:00Z")]
    [InlineData("2026-10-05t10:00:00Z")]
    [InlineData("2026-10-05T10:00:00z")]
    [InlineData("2026-10-05T10:00Z")]
    [InlineData("2026-10-5T10:00:00Z")]
    [InlineData("20261005T100000Z")]
    [InlineData("2026-10-05T10:00:00Z ")]
    [InlineData(" 2026-10-05T10:00:00Z")]
    [InlineData("+2026-10-05T10:00:00Z")]
    [InlineData("２026-10-05T10:00:00Z")]
    [InlineData("2026-10-05T-1:00:00Z")]
    [InlineData("2026-10-05")]
    [InlineData("1791194400000")]
    public void Anything_else_is_a_bad_time(string text)
    {
        var quoted = text.Contains(',', StringComparison.Ordinal) ? $"\"{text}\"" : text;
        foreach (var column in new[] { "started_at", "answered_at", "ended_at", "speech_lost_at" })
        {
            Rows.Reason((column, quoted)).ShouldBe(RejectReason.BadTime, column);
        }
    }

    [Theory]
    [InlineData("2026-09-30T15:00:00Z", "2026-10")]
    [InlineData("2026-09-30T14:59:59.999Z", "2026-09")]
    [InlineData("2026-10-01T00:00:00+09:00", "2026-10")]
    [InlineData("2026-09-30T05:00:00-10:00", "2026-10")]
    public void Whatever_the_offset_the_month_is_that_of_Tokyo(string text, string month)
    {
        var call = default(Billing.Rating.Calls.RatedCall);
        var row = World.Csv().Parse(Rows.Csv(("started_at", text), ("answered_at", text), ("ended_at", text)));
        World.Standard.Rater().Rate(row.Facts, ref call);

        call.UsageMonth.ToString().ShouldBe(month);
    }
}
