using System.Text;
using Billing.Contracts;
using Billing.Rating.Records;

namespace Billing.Rating.Tests;

/// <summary>JSON lines: one object per line, the same fields in camelCase (cdr v1).</summary>
public sealed class JsonLinesTests
{
    [Fact]
    public void A_json_line_says_the_same_as_the_csv_row()
    {
        (string, string)[] fields =
        [
            ("kind", "forward"), ("forwarded_by", "05033000001"), ("end_cause", "app-interrupt"), ("speech_lost_at", "2026-10-05T10:00:30+09:00"),
            ("presented_number", "050-3300-0001"), ("terminating_carrier", "東京"), ("origin_country", "FR"), ("device", "ios"), ("app_version", "1.10"),
        ];
        var csv = World.Csv().Parse(Rows.Csv(fields));
        var json = CdrParser.ForJsonLines().Parse(Encoding.UTF8.GetBytes(Rows.Json(fields)));

        json.Reject.ShouldBe(RejectReason.None);
        (json.Kind, json.Mode, json.EndCause, json.Device).ShouldBe((csv.Kind, csv.Mode, csv.EndCause, csv.Device));
        (json.StartedMs, json.AnsweredMs, json.SpeechLostMs, json.EndedMs).ShouldBe((csv.StartedMs, csv.AnsweredMs, csv.SpeechLostMs, csv.EndedMs));
        json.Source.SequenceEqual(csv.Source).ShouldBeTrue();
        json.RecordId.SequenceEqual(csv.RecordId).ShouldBeTrue();
        json.CallingNumber.SequenceEqual(csv.CallingNumber).ShouldBeTrue();
        json.CalledNumber.SequenceEqual(csv.CalledNumber).ShouldBeTrue();
        json.ForwardedBy.SequenceEqual(csv.ForwardedBy).ShouldBeTrue();
        json.PresentedNumber.SequenceEqual(csv.PresentedNumber).ShouldBeTrue();
        json.TerminatingCarrier.SequenceEqual(csv.TerminatingCarrier).ShouldBeTrue();
        json.OriginCountry.SequenceEqual(csv.OriginCountry).ShouldBeTrue();
        json.AppVersion.SequenceEqual(csv.AppVersion).ShouldBeTrue();
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"source\":\"sw1\"")]
    [InlineData("{\"source\":}")]
    [InlineData("{\"source\":\"sw1\",}")]
    [InlineData("{source:\"sw1\"}")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("{\"x\":[1,{]}")]
    [InlineData("// {}")]
    [InlineData("garbage")]
    public void A_line_that_is_no_object_is_a_bad_quote(string line)
    {
        var row = CdrParser.ForJsonLines().Parse(Encoding.UTF8.GetBytes(line));

        row.Reject.ShouldBe(RejectReason.BadQuote);
        row.Source.IsEmpty.ShouldBeTrue();
    }

    [Theory]
    [InlineData(" {0} ", RejectReason.None)]
    [InlineData("\t{0}\r", RejectReason.None)]
    public void Space_around_the_object_is_no_fault(string form, RejectReason expected) =>
        Reason(form.Replace("{0}", Rows.Json(), StringComparison.Ordinal)).ShouldBe(expected);

    [Theory]
    [InlineData("1")]
    [InlineData("true")]
    [InlineData("{}")]
    [InlineData("[\"ios\"]")]
    public void A_member_of_the_wrong_type_is_a_bad_enum(string value)
    {
        Reason(With("device", value)).ShouldBe(RejectReason.BadEnum);
        Reason(With("startedAt", value)).ShouldBe(RejectReason.BadEnum);
        Reason(With("recordId", value)).ShouldBe(RejectReason.BadEnum);
    }

    [Fact]
    public void Null_is_absent()
    {
        Reason(With("device", "null")).ShouldBe(RejectReason.None);
        Reason(With("answeredAt", "null")).ShouldBe(RejectReason.None);
        Reason(With("source", "null")).ShouldBe(RejectReason.MissingField);
    }

    [Fact]
    public void An_absent_required_member_is_missing() => Reason("{}").ShouldBe(RejectReason.MissingField);

    [Theory]
    [InlineData(@"0\u0033123\u00345678", "0312345678")]
    [InlineData(@"03\/1", "03/1")]
    [InlineData(@"\uff10\uff13", "０３")]
    [InlineData(@"\ud835\udfce", "\U0001D7CE")]
    public void Escapes_are_resolved(string escaped, string text)
    {
        var row = CdrParser.ForJsonLines().Parse(Encoding.UTF8.GetBytes(With("calledNumber", $"\"{escaped}\"")));

        Encoding.UTF8.GetString(row.CalledNumber).ShouldBe(text);
    }

    [Fact]
    public void A_member_name_may_be_escaped() =>
        Reason(Rows.Json().Replace("\"recordId\"", "\"record\\u0049d\"", StringComparison.Ordinal)).ShouldBe(RejectReason.None);

    [Fact]
    public void Unknown_members_are_ignored_and_named_once_in_the_order_met()
    {
        var parser = CdrParser.ForJsonLines();
        var known = Rows.Json()[1..];

        parser.Parse(Encoding.UTF8.GetBytes("{\"\":0,\"trunk\":1,\"x\":{\"source\":[1,2]}," + known)).Reject.ShouldBe(RejectReason.None);
        parser.Parse(Encoding.UTF8.GetBytes("{\"Source\":null,\"trunk\":2," + known)).Reject.ShouldBe(RejectReason.None);
        parser.Parse("{\"late\":1}"u8).Reject.ShouldBe(RejectReason.MissingField);

        parser.UnknownColumns.ShouldBe(["", "trunk", "x", "Source", "late"]);
    }

    [Fact]
    public void The_order_of_members_does_not_matter()
    {
        var members = Rows.Json(("device", "pc"))[1..^1].Split(',').Reverse();

        Reason("{" + string.Join(',', members) + "}").ShouldBe(RejectReason.None);
    }

    [Fact]
    public void A_line_that_is_not_utf8_is_told_apart_from_one_that_is_no_object()
    {
        var bytes = Encoding.UTF8.GetBytes(With("terminatingCarrier", "\"kddi\""));
        bytes[bytes.AsSpan().IndexOf("kddi"u8)] = 0xC3;

        CdrParser.ForJsonLines().Parse(bytes).Reject.ShouldBe(RejectReason.NotUtf8);
    }

    [Fact]
    public void Lengths_count_after_unescaping()
    {
        Reason(With("calledNumber", $"\"{string.Concat(Enumerable.Repeat("\\u0031", 64))}\"")).ShouldBe(RejectReason.None);
        Reason(With("calledNumber", $"\"{string.Concat(Enumerable.Repeat("\\u0031", 65))}\"")).ShouldBe(RejectReason.FieldTooLong);
    }

    private static string With(string member, string json) =>
        System.Text.RegularExpressions.Regex.Replace(Rows.Json(("device", "pc"), ("terminating_carrier", "x")), $"\"{member}\":\"[^\"]*\"", _ => $"\"{member}\":{json}");

    private static RejectReason Reason(string line) => CdrParser.ForJsonLines().Parse(Encoding.UTF8.GetBytes(line)).Reject;
}
