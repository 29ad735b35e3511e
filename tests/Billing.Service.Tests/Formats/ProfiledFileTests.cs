using Billing.Contracts.Documents;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Offline;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Formats;

/// <summary>A switch's file goes the way of any other: each row is accounted for, each call billed once.</summary>
public sealed class ProfiledFileTests(ProfiledWorld world) : IClassFixture<ProfiledWorld>
{
    [Fact]
    public async Task Every_row_of_a_switchs_file_is_accounted_for()
    {
        var receipt = await world.IngestAsync("asterisk-csv", ProfiledWorld.Fixture("asterisk-csv", "calls.csv"), "all-rows");

        receipt.Rows.ShouldBe(8);
        receipt.Outcomes.ShouldBe(new OutcomeCountsDocument { Rated = 2, Unanswered = 2, Suspended = 1, Duplicate = 0, Rejected = 3 });
        receipt.Reasons.Suspended.ShouldHaveSingleItem().Key.ShouldBe("duration-mismatch");
        receipt.Reasons.Rejected.Keys.ShouldBe(["bad-field-count", "bad-time", "time-order"]);
        var rejects = await Rejects.ReadAsync(world.Database.Database, receipt.Sha256, default);
        rejects!.Select(row => (row.Line, row.Reason, row.RecordId, row.Field)).ShouldBe([(6, "time-order", "1791163800.10-6", "ended_at"), (7, "bad-time", "1791164400.12-7", "started_at"), (8, "bad-field-count", "", null)]);
        (await Numbers("select line from billing.rated_calls r where r.source = 'all-rows' order by line")).ShouldBe([1, 2, 3, 4]);
        await world.ShouldBeExplainedAsync("all-rows", "duration-mismatch", 1);
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task Rows_that_are_no_calls_are_counted_by_kind()
    {
        var receipt = await world.IngestAsync("cisco-cucm", ProfiledWorld.Fixture("cisco-cucm", "cdr.csv"), "kinds");

        receipt.Rows.ShouldBe(8);
        receipt.Profile!.Skipped.ShouldBe(new Dictionary<string, long> { ["header"] = 1, ["quality"] = 1, ["types"] = 2 }, ignoreOrder: true);
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task Trap_one_id_on_three_legs_is_a_call_a_duplicate_and_a_conflict()
    {
        var receipt = await world.IngestAsync("freeswitch-csv", ProfiledWorld.Fixture("freeswitch-csv", "Master.csv"), "legs");

        (receipt.Outcomes.Rated, receipt.Outcomes.Duplicate, receipt.Reasons.Suspended["conflicting-duplicate"]).ShouldBe((3, 1, 1));
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task Trap_a_trailer_that_does_not_match_stores_nothing()
    {
        var before = await world.Database.ScalarAsync<long>("select count(*) from billing.deliveries");
        var path = world.Files.Write("short.fwv", ProfiledWorld.Fixture("fixed-width-carrier", "000421.fwv").Replace("0000003", "0000033", StringComparison.Ordinal));
        using var knowledge = new KnowledgeCache(world.Database.Database);

        var result = await new IngestFile(world.Database.Database, knowledge, TimeProvider.System).RunAsync(path, "short.fwv", null, default, ProfiledWorld.Profile("fixed-width-carrier", "short"));

        result.Refused!.Reason.ShouldBe("line 5: the trailer tells 33 calls, the file holds 3");
        (await world.Database.ScalarAsync<long>("select count(*) from billing.deliveries")).ShouldBe(before);
    }

    [Fact]
    public async Task A_record_whose_duration_contradicts_its_stamps_is_released_only_by_name()
    {
        await world.IngestAsync("asterisk-csv", ProfiledWorld.Fixture("asterisk-csv", "calls.csv"), "contradicts");
        using var knowledge = new KnowledgeCache(world.Database.Database);
        var release = new ReleaseSuspended(world.Database.Database, knowledge, TimeProvider.System);

        (await release.RunAsync(new ReleaseRequest(null, null, "contradicts", []), default)).Remaining.ShouldHaveSingleItem().Key.ShouldBe("duration-mismatch");
        (await release.RunAsync(new ReleaseRequest(null, "duration-mismatch", "contradicts", []), default)).Released.ShouldBe(1);
        await world.ReconciledAsync();
    }

    [Theory]
    [InlineData("asterisk-csv", "calls.csv")]
    [InlineData("freeswitch-csv", "Master.csv")]
    [InlineData("kamailio-acc", "acc.csv")]
    [InlineData("broadworks-xml", "cdr.xml")]
    [InlineData("ims-partial-csv", "cdr.csv")]
    public async Task The_offline_command_says_of_a_switchs_file_what_the_service_says(string profile, string file)
    {
        var source = $"offline-{profile}";
        var path = world.Files.Write(file, ProfiledWorld.Fixture(profile, file));
        var stored = await world.IngestAsync(profile, ProfiledWorld.Fixture(profile, file), source);
        var output = Path.Combine(world.Files.Folder, "out");
        var request = new RateFilesRequest(MonthFiles.Demo("contracts.json"), world.Files.Write("tariff.json", System.Text.Encoding.UTF8.GetString(MonthFiles.Tariff)), MonthFiles.Demo("reference.json"), path, MonthFiles.Month, output, ProfiledWorld.Profile(profile, source));

        RateFiles.Run(request, TextWriter.Null, showProgress: false).ShouldBe(0);

        var receipt = MonthFiles.Read<ReceiptDocument>(File.ReadAllBytes(Path.Combine(output, "receipt.json")));
        receipt.Outcomes.ShouldBe(stored.Outcomes);
        receipt.Profile!.Skipped.ShouldBe(stored.Profile!.Skipped, ignoreOrder: true);
        (receipt.Rows, receipt.Profile.Joined, receipt.Profile.Waiting).ShouldBe((stored.Rows, stored.Profile.Joined, stored.Profile.Waiting));
    }

    private async Task<List<long>> Numbers(string query)
    {
        await using var command = world.Database.Database.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync();
        var numbers = new List<long>();
        while (await reader.ReadAsync())
        {
            numbers.Add(reader.GetInt64(0));
        }

        return numbers;
    }
}
