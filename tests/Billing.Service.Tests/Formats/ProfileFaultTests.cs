using System.Text;
using Billing.Formats;

namespace Billing.Service.Tests.Formats;

/// <summary>A profile that contradicts itself is refused with the place and the reason, before any file is read with it.</summary>
public sealed class ProfileFaultTests
{
    private const string Fields =
        """
        "source": { "constant": "x" }, "record_id": { "column": "id" }, "kind": { "constant": "call" }, "mode": { "constant": "ip" }, "calling_number": { "column": "a" },
        "called_number": { "column": "b" }, "ended_at": { "column": "end", "time": { "forms": [ "iso" ] } }
        """;

    [Theory]
    [InlineData("""{ "forms": [ "yyyy-MM-dd HH:mm:ss" ] }""", "$.fields.started_at.time.zone", "stamps without an offset need a time zone, here or of the profile")]
    [InlineData("""{ "forms": [ "yyyy-MM-dd HH:mm:ss" ], "zone": "Mars/Olympus" }""", "$.fields.started_at.time.zone", "'Mars/Olympus' is no time zone")]
    [InlineData("""{ "forms": [] }""", "$.fields.started_at.time.forms", "at least one form is needed")]
    [InlineData("""{ "forms": [ "iso" ], "plus": { "column": "s", "unit": "min" } }""", "$.fields.started_at.time.plus.unit", "'min' is none of s, ms, us, hhmmss")]
    [InlineData("""{ "forms": [ "iso" ], "guess": true }""", "$.fields.started_at.time.guess", "unknown member 'guess'")]
    public void Trap_a_stamp_without_a_zone_is_refused_with_the_profile(string time, string path, string reason) =>
        Fault($$"""{ "name": "x", "title": "x", "container": { "type": "csv" }, "rows": [ { "kind": "call" } ], "fields": { {{Fields}}, "started_at": { "column": "t", "time": {{time}} } } }""")
            .ShouldBe($"{path}: {reason}");

    [Theory]
    [InlineData("""{ "type": "csv" }""", """[ { "kind": "ack" } ]""", "$.rows: no row is a call")]
    [InlineData("""{ "type": "punched-cards" }""", """[ { "kind": "call" } ]""", "$.container: 'punched-cards' is none of csv, fixed-width, json, ndjson, xml")]
    [InlineData("""{ "type": "xml" }""", """[ { "kind": "call" } ]""", "$.container: xml needs 'record', the element that is a record")]
    [InlineData("""{ "type": "csv" }""", """[ { "kind": "call", "role": "start" } ]""", "$.rows[0].role: start, end or alone, where rows are joined")]
    [InlineData("""{ "type": "csv" }""", """[ { "kind": "call", "when": { "is": [ "1" ] } } ]""", "$.rows[0].when: a condition on a text needs 'column'")]
    [InlineData("""{ "type": "csv" }""", """[ { "kind": "call", "when": {} } ]""", "$.rows[0].when: the condition says nothing")]
    public void What_contradicts_itself_is_told_with_its_path(string container, string rows, string expected) =>
        Fault($$"""{ "name": "x", "title": "x", "container": {{container}}, "rows": {{rows}}, "fields": { {{Fields}}, "started_at": { "column": "t", "time": { "forms": [ "iso" ] } } } }""")
            .ShouldBe(expected);

    [Theory]
    [InlineData("", "$.fields: 'started_at' is required")]
    [InlineData(""", "started_at": { "column": "t" }""", "$.fields.started_at: a time needs 'time' with its forms")]
    [InlineData(""", "begin": { "column": "t" }""", "$.fields.begin: 'begin' is no column of cdr v1")]
    [InlineData(""", "started_at": { "column": "t", "constant": "u", "time": { "forms": [ "iso" ] } }""", "$.fields.started_at: exactly one of 'constant', 'column', 'columns' and 'first' is needed")]
    public void A_field_that_is_none_or_missing_is_told(string field, string expected) =>
        Fault($$"""{ "name": "x", "title": "x", "container": { "type": "csv" }, "rows": [ { "kind": "call" } ], "fields": { {{Fields}}{{field}} } }""").ShouldBe(expected);

    [Theory]
    [InlineData("""{ "last": {{L}} }""", "$.join.parts: parts are told by 'number', or else by 'first', 'begin' and 'end'")]
    [InlineData("""{ "number": "n", "first": {{L}}, "last": {{L}} }""", "$.join.parts: parts are told by 'number', or else by 'first', 'begin' and 'end'")]
    [InlineData("""{ "first": {{L}}, "last": {{L}}, "begin": { "column": "t" }, "end": { "column": "u" } }""", "$.join.parts.begin: a time needs 'time' with its forms")]
    [InlineData("""{ "number": "n", "last": {{L}}, "toleranceMs": 5 }""", "$.join.parts.toleranceMs: zero or more, where parts are told by 'begin' and 'end'")]
    [InlineData("""{ "number": "start.n", "last": {{L}} }""", "$.join.parts: 'start.n' is of the first or last part; a part is told by its own columns")]
    [InlineData("""{ "number": "n", "last": {} }""", "$.join.parts.last: the condition says nothing")]
    [InlineData("""{ "number": "n" }""", "$.join.parts: missing required member 'last'")]
    [InlineData("""{ "number": "n", "last": {{L}} }""", "$.rows[0].role: a call has parts where 'join' tells them, and else a start and an end", "start")]
    [InlineData("null", "$.rows[0].role: a call has parts where 'join' tells them, and else a start and an end")]
    [InlineData("null", "$.checks: a 'sum' is that of the parts of a call, which 'join' tells nothing of", "start")]
    public void Parts_that_can_not_be_told_are_refused(string parts, string expected, string role = "part") =>
        Fault($$"""
            {
              "name": "x", "title": "x", "container": { "type": "csv" }, "rows": [ { "kind": "call", "role": "{{role}}" } ],
              "join": { "key": [ "id" ], "waitHours": 1, "parts": {{parts.Replace("{{L}}", """{ "column": "last", "is": [ "1" ] }""", StringComparison.Ordinal)}} },
              "fields": { {{Fields}}, "started_at": { "column": "t", "time": { "forms": [ "iso" ] } } },
              "checks": [ { "duration": { "column": "s", "sum": true }, "between": [ "started_at", "ended_at" ], "toleranceMs": 0, "otherwise": "suspend" } ]
            }
            """).ShouldBe(expected);

    [Fact]
    public void A_name_of_a_switch_that_rows_can_not_have_is_refused_and_does_not_reject_them_all() =>
        BuiltInProfiles.Read(BuiltInProfiles.Find("asterisk-csv")!, "pbx osaka").Fault!.Path.ShouldBe("source");

    private static string? Fault(string document) => BuiltInProfiles.Read(Encoding.UTF8.GetBytes(document)).Fault?.ToString();
}
