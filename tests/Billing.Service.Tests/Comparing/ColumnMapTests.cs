using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Comparing;
using NodaTime;

namespace Billing.Service.Tests.Comparing;

public class ColumnMapTests
{
    [Theory]
    [InlineData("""{ "caller": "a" }""", "$.caller: unknown member 'caller'")]
    [InlineData("""{ "calling": 5 }""", "$.calling: the value has the wrong type or form")]
    [InlineData("""{ "calling": "" }""", "$.calling: a column's name is expected")]
    [InlineData("""{ "called": "calling" }""", "$.called: column 'calling' is used twice")]
    [InlineData("""{ "timeZone": "Asia/Edo" }""", "$.timeZone: there is no time zone 'Asia/Edo'")]
    [InlineData("""{ "startMeans": "rung" }""", "$.startMeans: one of started, answered is expected")]
    [InlineData("""{ "durationFormat": "minutes" }""", "$.durationFormat: one of seconds, hh:mm:ss, mm:ss is expected")]
    [InlineData("""{ "separator": "::" }""", "$.separator: one character, or tab, is expected")]
    [InlineData("""{ "separator": "\"" }""", "$.separator: one character, or tab, is expected")]
    public void A_wrong_map_is_refused_with_the_member(string json, string fault)
    {
        var (map, found) = ColumnMap.FromJson(Encoding.UTF8.GetBytes(json));

        map.ShouldBeNull();
        found!.ToString().ShouldBe(fault);
    }

    [Theory]
    [InlineData("calling=a,callee=b", "$.callee: unknown member 'callee'")]
    [InlineData("calling=a,calling=b", "$.calling: named twice")]
    [InlineData("calling=a,called", "$.called: name=column is expected")]
    [InlineData("startFormat=yyyy-QQ", "$.startFormat: ")]
    public void A_map_in_place_is_read_as_strictly(string text, string fault)
    {
        var (map, found) = ColumnMap.FromText(text);

        map.ShouldBeNull();
        found!.ToString().ShouldStartWith(fault);
    }

    [Theory]
    [InlineData(null, "Asia/Tokyo", "2026-10-03 10:00:00", "2026-10-03T01:00:00Z")]
    [InlineData(null, "Asia/Tokyo", "2026-10-03T10:00:00.125", "2026-10-03T01:00:00.125Z")]
    [InlineData(null, "Asia/Tokyo", "2026-10-03T10:00:00+02:00", "2026-10-03T08:00:00Z")]
    [InlineData(null, "Asia/Tokyo", "2026-10-03T10:00:00Z", "2026-10-03T10:00:00Z")]
    [InlineData("yyyy/MM/dd HH:mm:ss", "Asia/Tokyo", "2026/10/03 00:00:00", "2026-10-02T15:00:00Z")]
    [InlineData("yyyy/M/d H:mm", "Europe/Berlin", "2026/10/3 9:05", "2026-10-03T07:05:00Z")]
    [InlineData("yyyy/MM/dd HH:mm:ss", "Asia/Tokyo", "2026-10-03 00:00:00", null)]
    [InlineData(null, "Asia/Tokyo", "2026-10-03", null)]
    [InlineData(null, "Asia/Tokyo", "1969-12-31 23:59:59", null)]
    [InlineData(null, "Europe/Berlin", "2026-10-25 02:30:00", null)]
    [InlineData(null, "Europe/Berlin", "2026-03-29 02:30:00", null)]
    public void A_start_is_one_instant_or_none(string? format, string zone, string text, string? instant)
    {
        var map = Map(new ColumnMapDocument(StartFormat: format, TimeZone: zone));

        map.TryStart(text, out var ms).ShouldBe(instant is not null);
        if (instant is not null)
        {
            Instant.FromUnixTimeMilliseconds(ms).ShouldBe(NodaTime.Text.InstantPattern.ExtendedIso.Parse(instant).Value);
        }
    }

    [Theory]
    [InlineData("seconds", "61", 61_000)]
    [InlineData("seconds", "0", 0)]
    [InlineData("seconds", "61.125", 61_125)]
    [InlineData("seconds", "61.1255", null)]
    [InlineData("seconds", "-1", null)]
    [InlineData("seconds", "", null)]
    [InlineData("seconds", "99999999999", null)]
    [InlineData("hh:mm:ss", "1:02:03", 3_723_000)]
    [InlineData("hh:mm:ss", "00:00:00", 0)]
    [InlineData("hh:mm:ss", "1:60:00", null)]
    [InlineData("hh:mm:ss", "1:2:03", null)]
    [InlineData("hh:mm:ss", "02:03", null)]
    [InlineData("mm:ss", "90:05", 5_405_000)]
    [InlineData("mm:ss", "1:60", null)]
    [InlineData("mm:ss", "1:02:03", null)]
    [InlineData("mm:ss", "999999:00", null)]
    public void A_duration_is_read_in_the_form_of_the_map(string format, string text, int? ms)
    {
        Map(new ColumnMapDocument(DurationFormat: format)).TryDuration(text, out var found).ShouldBe(ms is not null);
        if (ms is not null)
        {
            found.ShouldBe(ms.Value);
        }
    }

    [Fact]
    public void An_amount_may_have_its_thousands_set_off()
    {
        ColumnMap.TryAmount("1,234.5", out var amount).ShouldBeTrue();
        amount.ShouldBe(Yen.Parse("1234.5"));
        ColumnMap.TryAmount("8 yen", out _).ShouldBeFalse();
    }

    private static ColumnMap Map(ColumnMapDocument document)
    {
        var (map, fault) = ColumnMap.Of(document);
        fault.ShouldBeNull();
        return map!;
    }
}
