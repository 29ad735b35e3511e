using System.Security.Cryptography;
using System.Text;
using Billing.Service.Comparing;
using Billing.Service.Tests.Invoicing;
using CsCheck;
using static Billing.Service.Tests.Comparing.ComparedWorld;

namespace Billing.Service.Tests.Comparing;

/// <summary>Whole comparisons on the real database.</summary>
public class CompareCallsTests
{
    [Fact]
    public async Task A_month_compared_with_its_own_export_is_equal_whatever_the_order_of_the_rows()
    {
        await using var world = await WorldAsync();
        var own = await ExportAsync(world);
        own.Count.ShouldBeGreaterThan(40);
        var first = await CompareAsync(world, own);

        first.Totals.Single(totals => totals.Class == "equal").Ours.ShouldBe(first.Ours);
        first.Ours.ShouldBe(first.Theirs);
        first.Ours.Rows.ShouldBe(own.Count);
        first.Differences.ShouldBeEmpty();

        var random = new Random(4711);
        for (var i = 0; i < 3; i++)
        {
            var shuffled = own.ToArray();
            random.Shuffle(shuffled);
            var again = await CompareAsync(world, shuffled);
            again.Totals.ShouldBe(first.Totals);
            again.Differences.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Totals_add_up_to_both_sides_and_the_order_of_their_rows_changes_nothing_but_lines()
    {
        await using var world = await WorldAsync();
        var own = await ExportAsync(world);
        var changes = Gen.Select(Gen.Int[0, 7], Gen.Int[0, own.Count - 1], Gen.Int[-4000, 4000]).Array[0, 60];
        var random = PCG.Parse("0000KOUXRQN4");
        for (var i = 0; i < 12; i++)
        {
            var theirs = Changed(own, changes.Generate(random, null, out _));
            var (result, csv) = await CompareWithCsvAsync(world, theirs);

            Sum(result.Totals.Select(totals => totals.Ours)).ShouldBe(result.Ours);
            Sum(result.Totals.Select(totals => totals.Theirs)).ShouldBe(result.Theirs);
            result.Ours.Rows.ShouldBe(own.Count);
            (result.Theirs.Rows + result.Outside + result.Unreadable).ShouldBe(theirs.Count);
            csv.Count(line => line.Split(',')[8].Length > 0).ShouldBe(theirs.Count + 1, "every row of theirs and the header");

            var (reversed, other) = await CompareWithCsvAsync(world, [.. Enumerable.Reverse(theirs)]);
            reversed.Totals.ShouldBe(result.Totals);
            other.Select(WithoutLine).Order(StringComparer.Ordinal).ShouldBe(csv.Select(WithoutLine).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Numbers_are_the_same_however_they_are_written()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        await world.IngestAsync(world.Call(One, "0033-03-1234-5678", "2026-10-03T10:00:00"), world.Call(One, "186 090 1234 5678", "2026-10-03T11:00:00"), world.Call(One, BilledWorld.NewYork, "2026-10-03T12:00:00"));

        var result = await CompareAsync(world,
        [
            "+81 50-3300-0001,+81-3-1234-5678,2026-10-03T10:00:00,60,8,a",
            "050-3300-0001,090-1234-5678,2026-10-03T11:00:00,60,16,b",
            "sip:05033000001@pbx,+1 212 555 0100,2026-10-03T12:00:00,60,9.4,c",
        ]);

        result.Totals.Single(totals => totals.Class == "equal").Ours.Rows.ShouldBe(3);
    }

    [Fact]
    public async Task What_is_suspended_or_was_never_answered_here_is_named_with_its_reason()
    {
        await using var world = await WorldAsync();

        var result = await CompareAsync(world,
        [
            "05033009998,0312345678,2026-10-05T10:00:00,60,8,nobody",
            "05033000001,0570-012345,2026-10-05T11:00:00,60,8,barred",
            "05033000001,0312345678,2026-10-06T10:00:00,60,8,unanswered",
            "05033009999,0312345678,2026-10-07T10:00:00,20,8,unassigned",
            "05033000001,0312345678,2026-10-08T23:00:00,60,8,never-seen",
        ]);

        result.Differences.Where(row => row.Class == "missing-here").Select(row => $"{row.Theirs!.Record}: {row.Reason ?? "-"}").Order(StringComparer.Ordinal).ShouldBe(
        [
            "barred: suspended: service-number-of-other-carrier", "never-seen: -", "nobody: suspended: unknown-number", "unanswered: never answered here", "unassigned: never answered here",
        ]);
        result.Totals.Single(totals => totals.Class == "missing-there").Ours.Rows.ShouldBe(result.Ours.Rows);
        result.Differences.ShouldAllBe(row => row.Called.EndsWith("****", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_contract_or_number_is_compared_by_itself()
    {
        await using var world = await WorldAsync();
        var own = await ExportAsync(world);
        var ofTwo = own.Count(row => row.StartsWith(Two, StringComparison.Ordinal));

        var contract = await CompareAsync(world, own, request => request with { Contract = "C-2" });
        var number = await CompareAsync(world, own, request => request with { Number = Two });

        foreach (var result in new[] { contract, number })
        {
            result.Ours.Rows.ShouldBe(ofTwo);
            result.Totals.Single(totals => totals.Class == "equal").Theirs.Rows.ShouldBe(ofTwo);
            result.Outside.ShouldBe(own.Count - ofTwo);
        }
    }

    [Fact]
    public async Task A_call_that_began_in_the_month_before_and_was_answered_in_this_one_is_compared_with_it()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        await world.IngestAsync("sw-1,edge,call,ip,05033000001,0312345678,2026-09-30T23:59:50+09:00,2026-10-01T00:00:05+09:00,2026-10-01T00:01:05+09:00");

        var result = await CompareAsync(world,
            ["05033000001,0312345678,2026-09-30 23:59:50,60,8,a", "05033000001,0312345678,2026-09-30 23:30:00,60,8,b", "05033000001,0312345678,2026-09-03 10:00:00,60,8,c"]);

        result.Totals.Single(totals => totals.Class == "equal").Ours.Rows.ShouldBe(1);
        result.Outside.ShouldBe(2);
        result.Theirs.Rows.ShouldBe(1);
    }

    [Fact]
    public async Task Their_start_may_be_the_answer()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        await world.IngestAsync("sw-1,x,call,ip,05033000001,0312345678,2026-10-03T10:00:00+09:00,2026-10-03T10:00:30+09:00,2026-10-03T10:01:30+09:00");
        IReadOnlyList<string> theirs = ["05033000001,0312345678,2026-10-03 10:00:30,60,8,a"];

        (await CompareAsync(world, theirs)).Totals.Single(totals => totals.Class == "missing-here").Theirs.Rows.ShouldBe(1);
        (await CompareAsync(world, theirs, map: Map + ",startMeans=answered")).Totals.Single(totals => totals.Class == "equal").Ours.Rows.ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_cannot_be_read_is_named_with_line_and_reason_and_the_others_are_compared()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        await world.IngestAsync(world.Call(One, BilledWorld.Fixed, "2026-10-03T10:00:00"));

        var result = await CompareAsync(world,
        [
            "05033000001,0312345678,yesterday,60,8,a",
            "05033000001,0312345678,2026-10-03 10:00:00,one minute,8,b",
            "05033000001,0312345678,2026-10-03 10:00:00,60,free,c",
            "reception,0312345678,2026-10-03 10:00:00,60,8,d",
            "05033000001,somebody,2026-10-03 10:00:00,60,8,e",
            "05033000001,0312345678,2026-10-03 10:00:00,60,8",
            "05033000001,03\"12345678,2026-10-03 10:00:00,60,8,f",
            "",
            "05033000001,\"0312345678\",2026-10-03 10:00:00,60,8,\"a \"\"quoted\"\" id,",
            "of two lines\"",
            "05033000001,0312345678,2026-10-03 10:00:00,60,8,\"left open",
            "to the end",
        ]);

        result.UnreadableRows.Select(row => $"{row.Line} {row.Reason}").ShouldBe(
        [
            "2 bad-start: column 'start'", "3 bad-duration: column 'duration'", "4 bad-amount: column 'yen'", "5 bad-number: column 'calling'", "6 bad-number: column 'called'",
            "7 bad-field-count", "8 bad-quote", "12 bad-quote: left open up to line 13",
        ]);
        result.Unreadable.ShouldBe(8);
        result.Totals.Single(totals => totals.Class == "equal").Theirs.Rows.ShouldBe(1);
    }

    [Fact]
    public async Task The_digest_is_that_of_the_csv_and_the_inputs_are_named()
    {
        await using var world = await WorldAsync();
        var own = await ExportAsync(world);
        var file = Bytes(own);

        var (result, csv) = await CompareWithCsvAsync(world, own);

        result.Digest.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', csv) + "\n"))));
        result.Inputs.FileSha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(file)));
        result.Inputs.Map.Amount.ShouldBe("yen");
        (result.Inputs.Month, result.Inputs.Tolerances, result.Inputs.Known).ShouldBe((BilledWorld.October, Tolerances.Default, 3));
        (await CompareAsync(world, own)).Digest.ShouldBe(result.Digest);
    }

    [Theory]
    [InlineData("", "line 1: the file is empty: no header row")]
    [InlineData("calling,called,start,duration,yen\n", "line 1: there is no column 'id' ($.id of the map); there are: calling, called, start, duration, yen")]
    [InlineData("calling,called,start,duration,yen,id,id\n", "line 1: column 'id' is named 2 times")]
    [InlineData("calling,\"called\"x,start,duration,yen,id\n", "line 1: a quote in the header is out of place")]
    public async Task A_file_without_what_the_map_names_is_refused(string text, string fault) => await RefusedAsync(Encoding.UTF8.GetBytes(text), fault);

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused_in_the_header_and_named_in_a_row()
    {
        await RefusedAsync([0x94, 0xAD, 0x90, 0x4D, .. "called\n"u8], "line 1: the file is not UTF-8 text; one that is in Shift_JIS, say, must be converted first");
        await RefusedAsync([.. "calling,called,start,duration,yen,id\na"u8, 0], "content: the file is not text: line 2 holds a NUL byte");
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        var (result, _) = await RunAsync(world, [0xEF, 0xBB, 0xBF, .. "calling,called,start,duration,yen,id\n"u8, 0xFF, (byte)'\n'], Stream.Null);
        result!.UnreadableRows.ShouldHaveSingleItem().ShouldBe(new UnreadableRow(2, "not-utf8"));
    }

    private static async Task RefusedAsync(byte[] file, string expected)
    {
        await using var world = await BilledWorld.EmptyAsync();
        var (result, fault) = await RunAsync(world, file, Stream.Null);
        result.ShouldBeNull();
        fault!.ToString().ShouldBe(expected);
    }
}
