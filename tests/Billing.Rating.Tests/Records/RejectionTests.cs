using System.Text;
using Billing.Contracts;
using static Billing.Contracts.RejectReason;

namespace Billing.Rating.Tests;

/// <summary>Each reason for which a row cannot be read (cdr v1), on both sides of its boundary.</summary>
public sealed class RejectionTests
{
    public static TheoryData<string> RequiredColumns => ["source", "record_id", "kind", "mode", "calling_number", "called_number", "started_at", "ended_at"];

    public static TheoryData<string> OptionalColumns =>
        ["answered_at", "end_cause", "speech_lost_at", "forwarded_by", "presented_number", "terminating_carrier", "origin_country", "device", "app_version"];

    [Fact]
    public void A_row_with_nothing_wrong_is_read() => Rows.Reason([]).ShouldBe(None);

    [Theory]
    [MemberData(nameof(RequiredColumns))]
    public void A_required_field_may_not_be_empty(string column) => Rows.Reason((column, "")).ShouldBe(MissingField);

    [Theory]
    [MemberData(nameof(OptionalColumns))]
    public void An_optional_field_may_be_empty(string column) => Rows.Reason((column, "")).ShouldBe(None);

    [Fact]
    public void A_forward_needs_the_number_that_forwards()
    {
        Rows.Reason(("kind", "forward")).ShouldBe(MissingField);
        Rows.Reason(("kind", "forward"), ("forwarded_by", "05033000001")).ShouldBe(None);
    }

    [Theory]
    [InlineData("source", 64, 'a')]
    [InlineData("record_id", 128, 'a')]
    [InlineData("calling_number", 64, '1')]
    [InlineData("called_number", 64, '1')]
    [InlineData("called_number", 64, '１')]
    [InlineData("called_number", 64, '①')]
    public void A_field_has_its_longest_length_in_code_points(string column, int length, char c)
    {
        Rows.Reason((column, new string(c, length))).ShouldBe(None);
        Rows.Reason((column, new string(c, length + 1))).ShouldBe(FieldTooLong);
    }

    [Fact]
    public void A_character_outside_the_basic_plane_is_one_code_point()
    {
        Rows.Reason(("called_number", string.Concat(Enumerable.Repeat("\U0001D7CE", 64)))).ShouldBe(None);
        Rows.Reason(("called_number", string.Concat(Enumerable.Repeat("\U0001D7CE", 65)))).ShouldBe(FieldTooLong);
    }

    [Theory]
    [InlineData("source", "AZaz09._-", None)]
    [InlineData("source", "sw 1", BadEnum)]
    [InlineData("source", "sw/1", BadEnum)]
    [InlineData("source", "sw\u00E9", BadEnum)]
    [InlineData("source", "sw:1", BadEnum)]
    [InlineData("record_id", " !~", None)]
    [InlineData("record_id", " ", None)]
    [InlineData("record_id", "a\tb", BadEnum)]
    [InlineData("record_id", "a\u007F", BadEnum)]
    [InlineData("record_id", "\u00E9", BadEnum)]
    [InlineData("kind", "call", None)]
    [InlineData("kind", "extension", None)]
    [InlineData("kind", "sms", None)]
    [InlineData("kind", "Call", BadEnum)]
    [InlineData("kind", " call", BadEnum)]
    [InlineData("kind", "fax", BadEnum)]
    [InlineData("mode", "ip", None)]
    [InlineData("mode", "mobile", None)]
    [InlineData("mode", "IP", BadEnum)]
    [InlineData("mode", "ip ", BadEnum)]
    [InlineData("end_cause", "normal", None)]
    [InlineData("end_cause", "mobile-interrupt", None)]
    [InlineData("end_cause", "app-interrupt", None)]
    [InlineData("end_cause", "network", None)]
    [InlineData("end_cause", "Normal", BadEnum)]
    [InlineData("end_cause", "busy", BadEnum)]
    [InlineData("device", "android", None)]
    [InlineData("device", "ios", None)]
    [InlineData("device", "pc", None)]
    [InlineData("device", "feature-phone", None)]
    [InlineData("device", "iOS", BadEnum)]
    [InlineData("device", "tablet", BadEnum)]
    [InlineData("origin_country", "ZZ", None)]
    [InlineData("origin_country", "jp", BadEnum)]
    [InlineData("origin_country", "JPN", BadEnum)]
    [InlineData("origin_country", "J", BadEnum)]
    [InlineData("origin_country", "J1", BadEnum)]
    [InlineData("origin_country", "ＪＰ", BadEnum)]
    [InlineData("app_version", "1", None)]
    [InlineData("app_version", "1.2.3.4.5", None)]
    [InlineData("app_version", "999999999.0", None)]
    [InlineData("app_version", "9999999999", BadEnum)]
    [InlineData("app_version", "1.", BadEnum)]
    [InlineData("app_version", ".1", BadEnum)]
    [InlineData("app_version", "1..2", BadEnum)]
    [InlineData("app_version", "1.2b", BadEnum)]
    [InlineData("app_version", "v1", BadEnum)]
    public void Words_are_compared_as_written(string column, string value, RejectReason expected) => Rows.Reason((column, value)).ShouldBe(expected);

    [Fact]
    public void A_forward_is_never_in_mobile_mode()
    {
        Rows.Reason(("kind", "forward"), ("forwarded_by", "05033000001"), ("mode", "mobile")).ShouldBe(BadEnum);
        Rows.Reason(("kind", "extension"), ("mode", "mobile")).ShouldBe(None);
    }

    [Theory]
    [InlineData("started_at", "10:00:05", TimeOrder)]
    [InlineData("started_at", "10:00:04.999", None)]
    [InlineData("answered_at", "09:59:59.999", TimeOrder)]
    [InlineData("answered_at", "10:00:00", None)]
    [InlineData("answered_at", "10:02:00", None)]
    [InlineData("answered_at", "10:02:00.001", TimeOrder)]
    [InlineData("speech_lost_at", "10:00:04.999", TimeOrder)]
    [InlineData("speech_lost_at", "10:00:05", None)]
    [InlineData("speech_lost_at", "10:02:00", None)]
    [InlineData("speech_lost_at", "10:02:00.001", TimeOrder)]
    [InlineData("ended_at", "10:00:04.999", TimeOrder)]
    [InlineData("ended_at", "10:00:05", None)]
    public void Times_come_in_their_order(string column, string time, RejectReason expected)
    {
        (string, string)[] times =
        [
            ("started_at", "2026-10-05T10:00:00Z"), ("answered_at", column == "started_at" && expected == TimeOrder ? "2026-10-05T10:00:04.999Z" : "2026-10-05T10:00:05Z"),
            ("ended_at", "2026-10-05T10:02:00Z"), (column, $"2026-10-05T{time}Z"),
        ];

        Rows.Reason(times).ShouldBe(expected);
    }

    [Fact]
    public void Times_that_are_absent_are_not_compared()
    {
        Rows.Reason(("answered_at", ""), ("started_at", "2026-10-05T10:00:00Z"), ("ended_at", "2026-10-05T10:00:00Z")).ShouldBe(None);
        Rows.Reason(("answered_at", ""), ("started_at", "2026-10-05T10:00:00Z"), ("ended_at", "2026-10-05T09:59:59Z")).ShouldBe(TimeOrder);
        Rows.Reason(("answered_at", ""), ("started_at", "2026-10-05T10:00:00Z"), ("speech_lost_at", "2026-10-05T09:59:59Z"), ("ended_at", "2026-10-05T10:00:00Z"))
            .ShouldBe(TimeOrder);
    }

    [Fact]
    public void Instants_with_different_offsets_are_compared_as_instants() =>
        Rows.Reason(("started_at", "2026-10-05T10:00:00+09:00"), ("answered_at", "2026-10-05T01:00:00Z"), ("ended_at", "2026-10-04T15:00:00-10:00")).ShouldBe(None);

    [Fact]
    public void Bytes_that_are_not_utf8_reject_the_row_wherever_they_stand()
    {
        var line = new CallRecord { Carrier = "kddi" }.CsvUtf8;
        line[line.AsSpan().IndexOf("kddi"u8)] = 0xFF;

        World.Csv().Parse(line).Reject.ShouldBe(NotUtf8);
    }

    [Theory]
    [InlineData(new byte[] { 0xC0, 0xB1 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF5, 0x80, 0x80, 0x80 })]
    [InlineData(new byte[] { 0x82, 0xA0 })]
    [InlineData(new byte[] { 0xE3, 0x81 })]
    public void Ill_formed_sequences_are_not_utf8(byte[] bytes)
    {
        byte[] line = [.. Encoding.ASCII.GetBytes(new CallRecord().Csv), .. bytes];

        World.Csv().Parse(line).Reject.ShouldBe(NotUtf8);
    }

    [Fact]
    public void Every_reason_of_a_rejection_has_its_word_in_the_order_of_the_checks()
    {
        Enum.GetValues<RejectReason>().Where(reason => reason != None).Select(Words.Of).ShouldBe(
            [
                "bad-quote", "bad-field-count", "not-utf8", "field-too-long", "missing-field", "bad-enum", "bad-time", "time-order", "bad-number",
                "bad-duration", "unknown-row", // only a profile says these, of rows that never become cdr v1
            ]);
    }
}
