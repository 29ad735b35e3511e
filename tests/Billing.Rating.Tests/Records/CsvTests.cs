using System.Text;
using Billing.Contracts;
using Billing.Rating.Records;

namespace Billing.Rating.Tests;

/// <summary>CSV: the header, quoting, field count and unknown columns (cdr v1).</summary>
public sealed class CsvTests
{
    private const string Required = "source,record_id,kind,mode,calling_number,called_number,started_at,ended_at";
    private const string RequiredRow = "sw1,r1,call,ip,05033000001,0312345678,2026-10-05T10:00:00Z,2026-10-05T10:01:00Z";

    [Theory]
    [InlineData("\"sw1\"", "sw1", RejectReason.None)]
    [InlineData("\"\"", "", RejectReason.MissingField)]
    [InlineData("\"sw1", "", RejectReason.BadQuote)]
    [InlineData("\"sw1\"x", "", RejectReason.BadQuote)]
    [InlineData("\"sw1\" ", "", RejectReason.BadQuote)]
    [InlineData(" \"sw1\"", "", RejectReason.BadQuote)]
    [InlineData("s\"w1", "", RejectReason.BadQuote)]
    [InlineData("sw1\"", "", RejectReason.BadQuote)]
    [InlineData("\"sw\"\"1\"", "sw\"1", RejectReason.BadEnum)]
    [InlineData("\"\"\"\"", "\"", RejectReason.BadEnum)]
    [InlineData("\"\"\"", "", RejectReason.BadQuote)]
    [InlineData("\"sw,1\"", "sw,1", RejectReason.BadEnum)]
    [InlineData("'sw1'", "'sw1'", RejectReason.BadEnum)]
    public void A_field_may_be_quoted(string field, string read, RejectReason expected)
    {
        var row = Parser(Required).Parse(Encoding.UTF8.GetBytes(field + RequiredRow[3..]));

        (row.Reject, Encoding.UTF8.GetString(row.Source)).ShouldBe((expected, read));
    }

    [Fact]
    public void A_quoted_field_may_be_the_last_and_hold_commas_and_quotes()
    {
        var row = Parser(Required + ",terminating_carrier").Parse(Encoding.UTF8.GetBytes(RequiredRow + ",\"a,\"\"b\"\"\""));

        row.Reject.ShouldBe(RejectReason.None);
        Encoding.UTF8.GetString(row.TerminatingCarrier).ShouldBe("a,\"b\"");
    }

    [Fact]
    public void Every_field_may_be_quoted()
    {
        var quoted = string.Join(',', new CallRecord { SpeechLostAfter = 5 }.Csv.Split(',').Select(field => $"\"{field}\""));
        var row = World.Csv().Parse(Encoding.UTF8.GetBytes(quoted));

        row.Reject.ShouldBe(RejectReason.None);
        row.SpeechLostMs.ShouldBe(new CallRecord().AnsweredMs + 5000);
        Encoding.UTF8.GetString(row.CallingNumber).ShouldBe(SampleContracts.BizNumber);
    }

    [Theory]
    [InlineData(",x", RejectReason.BadFieldCount)]
    [InlineData(",", RejectReason.BadFieldCount)]
    [InlineData(",\"x\"", RejectReason.BadFieldCount)]
    [InlineData("", RejectReason.None)]
    public void A_row_has_as_many_fields_as_the_header(string more, RejectReason expected) =>
        Parser(Required).Parse(Encoding.UTF8.GetBytes(RequiredRow + more)).Reject.ShouldBe(expected);

    [Theory]
    [InlineData("sw1")]
    [InlineData("sw1,r1,call,ip,05033000001,0312345678,2026-10-05T10:00:00Z")]
    [InlineData("\"sw1\",r1")]
    [InlineData(" ")]
    public void A_row_with_fewer_fields_is_rejected(string line)
    {
        var row = Parser(Required).Parse(Encoding.UTF8.GetBytes(line));

        row.Reject.ShouldBe(RejectReason.BadFieldCount);
        row.Source.IsEmpty.ShouldBeTrue();
        row.RecordId.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Columns_are_found_by_name_in_any_order()
    {
        var names = CdrColumns.Names.Reverse().ToList();
        var fields = new CallRecord { AppVersion = "1.2", Device = "ios" }.Fields;
        var row = Parser(string.Join(',', names)).Parse(Encoding.UTF8.GetBytes(string.Join(',', names.Select(name => fields[name]))));

        row.Reject.ShouldBe(RejectReason.None);
        (Encoding.UTF8.GetString(row.Source), Encoding.UTF8.GetString(row.AppVersion), row.Device).ShouldBe(("sw1", "1.2", Device.Ios));
    }

    [Fact]
    public void Optional_columns_may_be_left_out()
    {
        var row = Parser(Required).Parse(Encoding.UTF8.GetBytes(RequiredRow));

        (row.Reject, row.AnsweredMs, row.EndCause, row.Device).ShouldBe((RejectReason.None, null, EndCause.Normal, Device.None));
    }

    [Fact]
    public void Unknown_columns_are_ignored_and_named_once_in_the_order_met()
    {
        var parser = Parser("trunk,Source," + Required + ",\"a,b\",trunk,,cost");

        parser.UnknownColumns.ShouldBe(["trunk", "Source", "a,b", "", "cost"]);
        parser.Parse(Encoding.UTF8.GetBytes("t,other," + RequiredRow + ",\"q\"\"q\",t,,1")).Reject.ShouldBe(RejectReason.None);
    }

    [Theory]
    [InlineData("record_id,kind,mode,calling_number,called_number,started_at,ended_at", "source")]
    [InlineData("Source,record_id,kind,mode,calling_number,called_number,started_at,ended_at", "source")]
    [InlineData("source,record_id,kind,mode,calling_number,called_number,answered_at", "started_at, ended_at")]
    [InlineData(" source,record_id,kind,mode,calling_number,called_number,started_at,ended_at", "source")]
    [InlineData("", "source")]
    public void A_file_without_the_required_columns_is_refused(string header, string missing)
    {
        var (parser, fault) = CdrParser.ForCsv(Encoding.UTF8.GetBytes(header));

        parser.ShouldBeNull();
        fault.ShouldNotBeNull().Reason.ShouldContain(missing);
    }

    [Theory]
    [InlineData(Required + ",kind", false)]
    [InlineData(Required + ",device,device", false)]
    [InlineData(Required + ",\"kind\"", false)]
    [InlineData(Required + ",Kind", true)]
    [InlineData(Required + ",x,x", true)]
    public void A_known_column_named_twice_refuses_the_file(string header, bool accepted) =>
        (CdrParser.ForCsv(Encoding.UTF8.GetBytes(header)).Parser is not null).ShouldBe(accepted);

    [Fact]
    public void A_header_that_is_no_text_refuses_the_file()
    {
        CdrParser.ForCsv([.. Encoding.UTF8.GetBytes(Required), 0xFF]).Fault.ShouldNotBeNull().Path.ShouldBe("line 1");
        CdrParser.ForCsv([.. Encoding.UTF8.GetBytes(Required), 0]).Parser.ShouldBeNull();
        CdrParser.ForCsv(Encoding.UTF8.GetBytes(Required + ",\"open")).Parser.ShouldBeNull();
        CdrParser.ForCsv(Encoding.UTF8.GetBytes("\"source\"x," + Required)).Parser.ShouldBeNull();
    }

    [Fact]
    public void A_rejected_row_leaves_nothing_behind_for_the_next()
    {
        var parser = World.Csv();
        parser.Parse(new CallRecord { Device = "tablet", Presented = "x", SpeechLostAfter = 1 }.CsvUtf8);
        parser.Parse("\"open"u8);

        var row = parser.Parse(new CallRecord().CsvUtf8);

        (row.Reject, row.Device, row.SpeechLostMs, row.PresentedNumber.Length).ShouldBe((RejectReason.None, Device.None, null, 0));
    }

    [Fact]
    public void A_rejected_row_that_could_be_taken_apart_keeps_its_identity_as_captured()
    {
        var row = World.Csv().Parse(Rows.Csv(("source", "switch 1"), ("record_id", "x\ty")));

        (row.Reject, Encoding.UTF8.GetString(row.Source), Encoding.UTF8.GetString(row.RecordId)).ShouldBe((RejectReason.BadEnum, "switch 1", "x\ty"));
    }

    private static CdrParser Parser(string header) => CdrParser.ForCsv(Encoding.UTF8.GetBytes(header)).Parser.ShouldNotBeNull();
}
