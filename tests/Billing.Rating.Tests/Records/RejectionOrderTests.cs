using System.Text;
using Billing.Contracts;

namespace Billing.Rating.Tests;

/// <summary>A row with many faults carries the first reason (cdr v1); mended step by step it uncovers the next.</summary>
public sealed class RejectionOrderTests
{
    private static readonly (string Column, string Value) Long = ("record_id", new string('x', 129));
    private static readonly (string Column, string Value) Missing = ("called_number", "");
    private static readonly (string Column, string Value) Word = ("device", "tablet");
    private static readonly (string Column, string Value) Time = ("started_at", "yesterday");
    private static readonly (string Column, string Value) Order = ("started_at", "2026-10-06T00:00:00Z");
    private static readonly (string Column, string Value) Number = ("calling_number", "nobody");

    [Fact]
    public void A_csv_row_with_every_fault_uncovers_them_in_order()
    {
        var row = Rows.Csv(Long, Missing, Word, Time, Number);
        byte[] notUtf8 = [.. row, 0xFF];

        World.Csv().Parse([.. notUtf8, .. ",\"open"u8]).Reject.ShouldBe(RejectReason.BadQuote);
        World.Csv().Parse([.. notUtf8, .. ",more"u8]).Reject.ShouldBe(RejectReason.BadFieldCount);
        World.Csv().Parse(notUtf8).Reject.ShouldBe(RejectReason.NotUtf8);
        Rows.Reason(Long, Missing, Word, Time, Number).ShouldBe(RejectReason.FieldTooLong);
        Rows.Reason(Missing, Word, Time, Number).ShouldBe(RejectReason.MissingField);
        Rows.Reason(Word, Time, Number).ShouldBe(RejectReason.BadEnum);
        Rows.Reason(Time, Number).ShouldBe(RejectReason.BadTime);
        Rows.Reason(Order, Number).ShouldBe(RejectReason.TimeOrder);
        Rows.Reason(Number).ShouldBe(RejectReason.BadNumber);
    }

    [Fact]
    public void A_bad_quote_behind_too_many_fields_is_still_a_bad_quote() =>
        World.Csv().Parse([.. Rows.Csv(), .. ",,,,\"a\"b"u8]).Reject.ShouldBe(RejectReason.BadQuote);

    [Fact]
    public void A_json_line_with_every_fault_uncovers_them_in_order()
    {
        var faulty = Rows.Json(Long, Missing, Word, Time, Number);
        var bytes = Encoding.UTF8.GetBytes(faulty);
        bytes[faulty.IndexOf("xxx", StringComparison.Ordinal)] = 0xFF;

        Reason(bytes[..^1]).ShouldBe(RejectReason.BadQuote);
        Reason(bytes).ShouldBe(RejectReason.NotUtf8);
        Reason(Long, Missing, Word, Time, Number).ShouldBe(RejectReason.FieldTooLong);
        Reason(Missing, Word, Time, Number).ShouldBe(RejectReason.MissingField);
        Reason(Word, Time, Number).ShouldBe(RejectReason.BadEnum);
        Reason(Time, Number).ShouldBe(RejectReason.BadTime);
        Reason(Order, Number).ShouldBe(RejectReason.TimeOrder);
        Reason(Number).ShouldBe(RejectReason.BadNumber);
        Reason().ShouldBe(RejectReason.None);
    }

    [Fact]
    public void A_forward_in_mobile_mode_without_its_number_misses_the_field_first() =>
        Rows.Reason(("kind", "forward"), ("mode", "mobile")).ShouldBe(RejectReason.MissingField);

    private static RejectReason Reason(params (string Column, string Value)[] changes) => Reason(Encoding.UTF8.GetBytes(Rows.Json(changes)));

    private static RejectReason Reason(byte[] line) => Billing.Rating.Records.CdrParser.ForJsonLines().Parse(line).Reject;
}
