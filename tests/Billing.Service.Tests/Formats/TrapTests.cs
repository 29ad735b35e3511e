using System.Globalization;
using System.Text;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Service.Offline;

namespace Billing.Service.Tests.Formats;

/// <summary>What real switches write, and what becomes of it.</summary>
public sealed class TrapTests
{
    private static readonly Dictionary<string, string> Answered = new()
    {
        ["start"] = "2026-10-05 10:00:00",
        ["answer"] = "2026-10-05 10:00:10",
        ["end"] = "2026-10-05 10:01:10",
        ["duration"] = "70",
        ["billsec"] = "60",
        ["disposition"] = "ANSWERED",
    };

    [Fact]
    public void Trap_billable_seconds_on_an_unanswered_call_are_not_billed() => Asterisk(("disposition", "NO ANSWER")).ShouldBe("unanswered");

    [Fact]
    public void Trap_one_id_on_three_legs_is_three_records()
    {
        var rows = Run("asterisk-csv", Row(("sequence", "1")) + Row(("sequence", "2"), ("disposition", "BUSY")) + Row(("sequence", "3")));

        rows.Select(row => row.Cdr!["record_id"]).ShouldBe(["17.1-1", "17.1-2", "17.1-3"]);
    }

    [Theory]
    [InlineData("60", "call")]
    [InlineData("61", "call")]
    [InlineData("62", "suspended duration-mismatch")]
    [InlineData("0", "suspended duration-mismatch")]
    public void Trap_billed_seconds_that_are_not_end_minus_answer_are_suspended(string billsec, string expected) => Asterisk(("billsec", billsec)).ShouldBe(expected);

    [Fact]
    public void Trap_a_negative_duration_is_rejected() => Asterisk(("duration", "-70")).ShouldBe("rejected bad-duration");

    [Fact]
    public void Trap_stamps_that_run_backwards_are_rejected_with_the_field()
    {
        var row = Run("asterisk-csv", Row(("end", "2026-10-05 09:59:59"))).ShouldHaveSingleItem();

        (row.Outcome, row.Reason).ShouldBe(("rejected", "time-order"));
        row.Detail.ShouldBe("ended_at: 2026-10-05T00:59:59Z is before answered_at, 2026-10-05T01:00:10Z");
    }

    [Theory]
    [InlineData("2026/10/5 10:00")]
    [InlineData("10/5/2026 10:00")]
    [InlineData("10/5/2026 10:00 AM")]
    public void Trap_a_date_that_a_spreadsheet_saved_is_rejected_and_said_to_be_one(string stamp)
    {
        var row = Run("asterisk-csv", Row(("start", stamp))).ShouldHaveSingleItem();

        (row.Outcome, row.Reason).ShouldBe(("rejected", "bad-time"));
        row.Detail!.ShouldContain("spreadsheet");
    }

    [Theory]
    [InlineData("2026-03-29 02:30:00", "stands nowhere on the clocks of Europe/Paris")]
    [InlineData("2026-10-25 02:30:00", "stands twice on the clocks of Europe/Paris")]
    public void Trap_a_stamp_without_an_offset_that_has_no_one_instant_is_rejected(string stamp, string detail)
    {
        var (document, _) = DocumentReader.Read<ProfileDocument>(BuiltInProfiles.Find("asterisk-csv"));

        var row = Run(Billing.Formats.Profile.Compile(document! with { Zone = "Europe/Paris" }).Profile!, Row(("start", stamp))).ShouldHaveSingleItem();

        row.Reason.ShouldBe("bad-time");
        row.Detail!.ShouldEndWith(detail);
    }

    [Fact]
    public void Trap_the_types_line_behind_the_header_is_no_call() =>
        Run("cisco-cucm", Fixture("cisco-cucm", "cdr.csv")).First().ShouldSatisfyAllConditions(row => row.Outcome.ShouldBe("no call"), row => row.Reason.ShouldBe("types"));

    [Fact]
    public void Trap_quality_records_are_counted_and_never_billed()
    {
        var rows = Run("cisco-cucm", "\"cmrRecordType\",\"globalCallID_callManagerId\",\"jitter\"\nINTEGER,INTEGER,INTEGER\n1,1,4\n1,1,5\n");

        rows.Select(row => $"{row.Outcome} {row.Reason}").ShouldBe(["no call types", "no call quality", "no call quality"]);
    }

    [Theory]
    [InlineData("0000003", "0000002", "line 5: the trailer tells 2 calls, the file holds 3")]
    [InlineData("000421", "000422", "line 5: file_number of the trailer is '000422', that of the header '000421'")]
    public void Trap_a_trailer_that_does_not_match_refuses_the_file_whole(string told, string instead, string expected)
    {
        var text = Fixture("fixed-width-carrier", "000421.fwv");
        var trailer = text.LastIndexOf("TRL", StringComparison.Ordinal);

        Should.Throw<InvalidDataException>(() => Run("fixed-width-carrier", text[..trailer] + text[trailer..].Replace(told, instead, StringComparison.Ordinal))).Message.ShouldBe(expected);
    }

    [Fact]
    public void Trap_a_file_without_its_trailer_is_refused_whole()
    {
        var text = Fixture("fixed-width-carrier", "000421.fwv");

        Should.Throw<InvalidDataException>(() => Run("fixed-width-carrier", text[..text.LastIndexOf("TRL", StringComparison.Ordinal)])).Message
            .ShouldBe("the trailer is missing: the file is cut short");
    }

    [Fact]
    public void Trap_an_invite_without_bye_waits() => Run("opensips-flatstore", Acc("INVITE", 100)).ShouldHaveSingleItem().Outcome.ShouldBe("waiting");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Trap_bye_and_invite_in_any_order_are_one_call(bool byeFirst)
    {
        var rows = Run("opensips-flatstore", byeFirst ? Acc("BYE", 160) + Acc("INVITE", 100) : Acc("INVITE", 100) + Acc("BYE", 160));

        rows.Select(row => row.Outcome).ShouldBe(["joined", "call"]);
        rows[1].Cdr!["answered_at"].ShouldBe("2026-10-05T00:01:40Z");
        rows[1].Cdr!["ended_at"].ShouldBe("2026-10-05T00:02:40Z");
    }

    [Fact]
    public void Trap_a_bye_of_the_called_side_has_its_tags_the_other_way_round() =>
        Run("opensips-flatstore", Acc("INVITE", 100) + Acc("BYE", 160).Replace("|f|t|", "|t|f|", StringComparison.Ordinal)).Select(row => row.Outcome).ShouldBe(["joined", "call"]);

    [Fact]
    public void Trap_an_invite_within_a_call_is_no_second_call() =>
        Run("opensips-flatstore", Acc("INVITE", 100) + Acc("INVITE", 130) + Acc("BYE", 160)).Select(row => $"{row.Outcome} {row.Reason}").ShouldBe(["no call repeated", "joined ", "call "]);

    [Theory]
    [InlineData("[ {\"a\":1}, {\"a\":2}", "the array of records is cut short")]
    [InlineData("{\"a\":1} {\"a\":", "record 2 is cut short")]
    [InlineData("{\"a\":1} garbage", "behind record 1 stands something that is no JSON object")]
    public void A_file_of_json_that_is_cut_short_is_refused_whole(string text, string expected) =>
        Should.Throw<InvalidDataException>(() => Run("freeswitch-json", text)).Message.ShouldBe(expected);

    [Fact]
    public void A_file_of_xml_that_is_cut_short_is_refused_whole() =>
        Should.Throw<InvalidDataException>(() => Run("broadworks-xml", Fixture("broadworks-xml", "cdr.xml")[..900]));

    [Fact]
    public void A_file_without_a_needed_column_is_refused_whole()
    {
        var report = new TestProfile(Profile("kamailio-acc"), false).Run(new MemoryStream("method,callid\n"u8.ToArray()), "x", _ => { });

        report.Refused!.Path.ShouldBe("line 1");
        report.Refused.Reason.ShouldContain("is missing");
    }

    private static string Asterisk(params (string Column, string Text)[] other)
    {
        var row = Run("asterisk-csv", Row(other)).ShouldHaveSingleItem();
        return row.Reason is null ? row.Outcome : $"{row.Outcome} {row.Reason}";
    }

    private static string Row(params (string Column, string Text)[] other)
    {
        var columns = new Dictionary<string, string>(Answered) { ["src"] = "05033010001", ["dst"] = "0312345678", ["uniqueid"] = "17.1", ["sequence"] = "1" };
        foreach (var (column, text) in other)
        {
            columns[column] = text;
        }

        return string.Join(',', Profile("asterisk-csv").Document.Container.Columns!.Select(name => $"\"{columns.GetValueOrDefault(name)}\"")) + "\n";
    }

    private static string Acc(string method, int second) =>
        string.Create(CultureInfo.InvariantCulture, $"{method}|f|t|call-1|200|OK|{1_791_158_400 + second}|*postpaid|05033010001|0312345678||\n");

    private static string Fixture(string profile, string file) => File.ReadAllText(Path.Combine(MonthFiles.Root, "contracts", "profiles", profile, file));

    private static Profile Profile(string name) => BuiltInProfiles.Read(BuiltInProfiles.Find(name)!).Profile!;

    private static List<TestedRow> Run(string profile, string text) => Run(Profile(profile), text);

    private static List<TestedRow> Run(Profile profile, string text)
    {
        var rows = new List<TestedRow>();
        new TestProfile(profile, reveal: true).Run(new MemoryStream(Encoding.UTF8.GetBytes(text)), "file", rows.Add).Refused.ShouldBeNull();
        return rows;
    }
}
