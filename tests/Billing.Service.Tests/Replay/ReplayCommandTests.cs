using System.Text.Json;
using Billing.Contracts;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Replay;

/// <summary><c>billing replay</c> as people and programs use it.</summary>
public sealed class ReplayCommandTests(ReplayCommandTests.Issued issued) : IClassFixture<ReplayCommandTests.Issued>
{
    private const string Number = "05033000001";

    private BilledWorld World => issued.World;

    [Theory]
    [InlineData("")]
    [InlineData("--month 2026-10")]
    [InlineData("--all")]
    [InlineData("--all --month 2026-10 --as-of now")]
    [InlineData("--invoice 202610-C-1 --month 2026-10")]
    [InlineData("--month 2026-10 --as-of yesterday")]
    [InlineData("--month 2026-10 --as-of now --every-call")]
    public async Task A_wrong_line_ends_with_64_before_anything_is_computed(string line)
    {
        var ended = await Command.RunAsync(Command.Nowhere, ["replay", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        ended.Code.ShouldBe(64, ended.All);
        ended.Error.ShouldEndWith("billing: see billing replay --help\n");
    }

    [Fact]
    public async Task An_invoice_is_proved_with_both_digests_and_a_month_with_counts()
    {
        var digest = (await World.IssuedAsync("C-1", October)).Digest;

        var one = await RunAsync("--invoice", "202610-C-1");
        (one.Code, one.Output).ShouldBe((0, $"issued      {digest}\nrecomputed  {digest}\n202610-C-1  the same byte for byte, from 3 calls rated again\n"));
        var month = await RunAsync("--all", "--month", "2026-10");
        month.Output.ShouldStartWith("2 of 2 invoices of 2026-10 come out the same byte for byte; 4 calls rated again, ");
        month.Code.ShouldBe(0);
        (await RunAsync("--invoice", "202610-C-9")).ShouldSatisfyAllConditions(
            ended => ended.Code.ShouldBe(1),
            ended => ended.ErrorLine.ShouldBe("billing: there is no invoice 202610-C-9"));

        // one engine under both names
        var verify = await Command.RunAsync(World.Database.ConnectionString, "invoices", "verify", "--month", "2026-10");
        (verify.Code, verify.Output).ShouldBe((0, "2 of 2 invoices come out the same byte for byte\n"));
    }

    [Fact]
    public async Task An_invoice_that_differs_ends_with_1_and_its_first_difference()
    {
        await using var world = await NewAsync(Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, Mobile, "2026-10-03T10:00:00"));
        await world.IssueAsync(October);
        await world.Database.ExecuteAsync("update billing.mt_events set data = jsonb_set(data, '{call,calledNumber}', '\"0312345678\"') where type = 'call_recorded.v1'");

        var ended = await Command.RunAsync(world.Database.ConnectionString, "replay", "--invoice", "202610-C-1");
        ended.Code.ShouldBe(1);
        ended.Output.ShouldContain(
            "202610-C-1  DIFFERS: the events of 2026-10 are not those that were covered\n"
            + "  first difference: $.lines[1].code (usage mobile 2026-10 S)\n    issued      \"mobile\"\n    recomputed  \"fixed\"\n");
        var month = await Command.RunAsync(world.Database.ConnectionString, "replay", "--all", "--month", "2026-10", "--json");
        month.Code.ShouldBe(1);
        JsonDocument.Parse(month.Output).RootElement.GetProperty("differing")[0].GetProperty("difference").GetProperty("member").GetString().ShouldBe("$.lines[1].code");
    }

    [Fact]
    public async Task A_month_with_another_tariff_is_written_as_files_and_as_JSON()
    {
        var (tariff, output) = (World.Folder("dearer.json"), World.Folder("out"));
        await File.WriteAllTextAsync(tariff, Tariff().Replace("\"16\"", "\"18.5\"", StringComparison.Ordinal));

        var ended = await RunAsync("--month", "2026-10", "--tariff", tariff, "--csv", output, "--json");

        ended.Code.ShouldBe(0, ended.All);
        var json = JsonDocument.Parse(ended.Output).RootElement;
        (json.GetProperty("month").GetString(), json.GetProperty("difference").GetString(), json.GetProperty("calls").GetProperty("differing").GetInt64()).ShouldBe(("2026-10", "2", 1));
        json.GetProperty("contracts")[0].GetProperty("lines")[0].GetProperty("new").GetProperty("amount").GetString().ShouldBe("18");
        (await File.ReadAllLinesAsync(Path.Combine(output, "calls.csv")))[1..].ShouldBe(
            ["sw-1,r000001,0901234****,2026-10-03T01:00:00Z,repriced,rated,,C-1,2026-10,mobile,,S,2026-01,60000,1,16,rated,,C-1,2026-10,mobile,,S,2026-01,60000,1,18.5,2.5"]);
        (await File.ReadAllTextAsync(Path.Combine(output, "lines.csv"))).ShouldBe(
            """
            contract,section,code,detail,month,tax_category,old_quantity,old_seconds,old_amount,new_quantity,new_seconds,new_amount,difference
            C-1,usage,mobile,,2026-10,S,1,60,16,1,60,18,2

            """);
        (await File.ReadAllLinesAsync(Path.Combine(output, "totals.csv")))[1..].ShouldBe(["C-1,202610-C-1,334,31,365,336,31,367,2,0,,", "C-2,202610-C-2,308,30,338,308,30,338,0,0,,"]);

        (await RunAsync("--month", "2026-10", "--as-of", "now", "--csv", output, "--every-call")).Code.ShouldBe(0);
        (await File.ReadAllLinesAsync(Path.Combine(output, "calls.csv"))).Length.ShouldBe(1 + 4);
        (await File.ReadAllLinesAsync(Path.Combine(output, "lines.csv"))).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_month_is_shown_to_people_with_what_was_not_looked_at()
    {
        var corrections = World.Folder("corrections.json");
        await File.WriteAllTextAsync(corrections, """{ "corrections": [ { "call": "sw-1/r000001", "void": true } ] }""");

        var ended = await RunAsync("--month", "2026-10", "--contract", "C-1", "--corrections", corrections);

        ended.Code.ShouldBe(0, ended.All);
        ended.Output.ShouldContain("computed again with what is known now (number 3) and 1 supposed correction\n3 calls and suspended records, 1 differ, -16 yen");
        ended.Output.ShouldContain("1 of 1 contracts differ");
        ended.Output.ShouldContain("prior-usage, credits and adjustments on other documents are on neither side");
        ended.All.ShouldNotContain(Mobile);
    }

    [Fact]
    public async Task A_document_that_is_refused_ends_with_2_its_path_and_no_file()
    {
        var (broken, output) = (World.Folder("broken.json"), World.Folder("none"));
        await File.WriteAllTextAsync(broken, Tariff().Replace("\"plan\": \"free\"", "\"plan\": \"nowhere\"", StringComparison.Ordinal));

        var tariff = await RunAsync("--month", "2026-10", "--tariff", broken, "--csv", output);
        (tariff.Code, tariff.Output).ShouldBe((2, ""));
        tariff.ErrorLine.ShouldStartWith($"billing: {broken}: $.tariffs[0].prices[3]");

        var corrections = World.Folder("nobody.json");
        await File.WriteAllTextAsync(corrections, """{ "corrections": [ { "call": "sw-1/none", "void": true } ] }""");
        var unmet = await RunAsync("--month", "2026-10", "--corrections", corrections, "--csv", output);
        (unmet.Code, unmet.Output).ShouldBe((2, ""));
        Directory.EnumerateFiles(output).ShouldBeEmpty();
    }

    private Task<Command.Ended> RunAsync(params string[] arguments) => Command.RunAsync(World.Database.ConnectionString, ["replay", .. arguments]);

    /// <summary>Two contracts with an issued month.</summary>
    public sealed class Issued : IAsyncLifetime
    {
        public BilledWorld World { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            World = await NewAsync(Contract("C-1", Number), Contract("C-2", "05033000002"));
            await World.IngestAsync(
                World.Call(Number, Mobile, "2026-10-03T10:00:00"),
                World.Call(Number, NewYork, "2026-10-03T10:00:00", 100),
                World.Unanswered(Number, Fixed, "2026-10-04T10:00:00"),
                World.Call("05033000002", Fixed, "2026-10-05T10:00:00"));
            await World.IssueAsync(October);
        }

        public async Task DisposeAsync() => await World.DisposeAsync();
    }
}
