using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.Records;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Usage;

/// <summary>A document of corrections is read strictly, and sets right just the facts that it names.</summary>
public sealed class CallCorrectionsTests
{
    private const string Line =
        """{"source":"sw-1","recordId":"a/1","kind":"call","mode":"ip","callingNumber":"05033000001","calledNumber":"0312345678","startedAt":"2026-10-01T10:00:00+09:00","answeredAt":"2026-10-01T10:00:05+09:00","endedAt":"2026-10-01T10:01:05+09:00","speechLostAt":"2026-10-01T10:01:00+09:00","device":"ios"}""";

    [Theory]
    [InlineData("""{ "corrections": [ { "call": "sw-1", "void": true } ] }""", "$.corrections[0].call: SOURCE/ID is expected")]
    [InlineData("""{ "corrections": [ { "call": "/1", "void": true } ] }""", "$.corrections[0].call: SOURCE/ID is expected")]
    [InlineData("""{ "corrections": [ { "call": "sw-1/1" } ] }""", "$.corrections[0]: either void: true or facts is expected")]
    [InlineData("""{ "corrections": [ { "call": "sw-1/1", "void": false } ] }""", "$.corrections[0]: either void: true or facts is expected")]
    [InlineData("""{ "corrections": [ { "call": "sw-1/1", "void": true, "facts": { "device": "pc" } } ] }""", "$.corrections[0]: either void: true or facts is expected")]
    [InlineData("""{ "corrections": [ { "call": "sw-1/1", "facts": {} } ] }""", "$.corrections[0].facts: no fact changes")]
    [InlineData("""{ "corrections": [ { "call": "sw-1/1", "void": true }, { "call": "sw-1/1", "void": true } ] }""", "$.corrections[1].call: sw-1/1 stands in the document more than once")]
    [InlineData("""{ "corrections": [ { "call": "sw-1/1", "facts": { "recordId": "2" } } ] }""", "$.corrections[0].facts.recordId: unknown member 'recordId'")]
    [InlineData("""{ "corrections": [ { "void": true } ] }""", "$.corrections[0]: missing required member 'call'")]
    [InlineData("""{ "corrections": [ null ] }""", "$.corrections[0]: missing: null is not allowed here")]
    public void What_is_no_correction_is_refused_with_its_path(string json, string fault)
    {
        var (document, unread) = DocumentReader.Read<CorrectionsDocument>(Encoding.UTF8.GetBytes(json));
        (unread ?? CallCorrections.Check(document!).Fault).ShouldNotBeNull().ToString().ShouldBe(fault);
    }

    [Fact]
    public void A_record_id_may_hold_a_slash_a_source_may_not()
    {
        var (corrections, fault) = CallCorrections.Check(new CorrectionsDocument { Corrections = [new CorrectionDocument { Call = "sw-1/a/1", Void = true }] });

        fault.ShouldBeNull();
        corrections!.ShouldHaveSingleItem().ShouldBe(new CallCorrection("sw-1", "a/1", null, "$.corrections[0]"));
    }

    [Fact]
    public void Only_the_facts_named_change_and_an_empty_one_is_taken_away()
    {
        var row = CdrParser.ForJsonLines().Parse(Encoding.UTF8.GetBytes(Line));
        row.Reject.ShouldBe(RejectReason.None);

        var (record, reject) = CallCorrections.Apply(row, new CorrectedFactsDocument { EndedAt = "2026-10-01T10:03:05+09:00", SpeechLostAt = "", EndCause = "network" });

        reject.ShouldBe(RejectReason.None);
        record!.EndedAt.ToString().ShouldBe("2026-10-01T01:03:05Z");
        record.SpeechLostAt.ShouldBeNull();
        (record.EndCause, record.Device, record.CalledNumber, record.Source, record.RecordId).ShouldBe(("network", "ios", "0312345678", "sw-1", "a/1"));
        record.AnsweredAt!.Value.ToString().ShouldBe("2026-10-01T01:00:05Z");
    }

    [Theory]
    [InlineData("endedAt", "2026-10-01T09:00:00+09:00", RejectReason.TimeOrder)]
    [InlineData("endedAt", "yesterday", RejectReason.BadTime)]
    [InlineData("device", "fax", RejectReason.BadEnum)]
    [InlineData("calledNumber", "", RejectReason.MissingField)]
    [InlineData("calledNumber", "x", RejectReason.BadNumber)]
    public void Facts_that_no_switch_could_have_sent_are_rejected_as_a_row_would_be(string member, string value, RejectReason expected)
    {
        var row = CdrParser.ForJsonLines().Parse(Encoding.UTF8.GetBytes(Line));
        var (facts, fault) = DocumentReader.Read<CorrectedFactsDocument>(Encoding.UTF8.GetBytes($$"""{ "{{member}}": "{{value}}" }"""));
        fault.ShouldBeNull();

        CallCorrections.Apply(row, facts!).ShouldBe((null, expected));
    }
}
