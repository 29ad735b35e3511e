using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Formats;
using Billing.Service.Corrections;
using Billing.Service.Explaining;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Offline;
using Billing.Service.Tests.Explaining;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Formats;

/// <summary>A switch's file goes the way of any other: each row is accounted for, each call billed once, and no half of a call is lost.</summary>
public sealed class ProfiledFileTests : IClassFixture<DatabaseFixture>, IDisposable
{
    private static readonly DateTimeOffset Monday = new(2026, 10, 5, 9, 0, 0, TimeSpan.Zero);

    private static int s_written;

    private readonly DatabaseFixture _database;
    private readonly MonthFiles _files = new();

    public ProfiledFileTests(DatabaseFixture database) => _database = database;

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Every_row_of_a_switchs_file_is_accounted_for()
    {
        await LearnAsync();

        var receipt = await IngestAsync("asterisk-csv", Fixture("asterisk-csv", "calls.csv"), "all-rows");

        receipt.Rows.ShouldBe(8);
        receipt.Outcomes.ShouldBe(new OutcomeCountsDocument { Rated = 2, Unanswered = 2, Suspended = 1, Duplicate = 0, Rejected = 3 });
        receipt.Reasons.Suspended.ShouldHaveSingleItem().Key.ShouldBe("duration-mismatch");
        receipt.Reasons.Rejected.Keys.ShouldBe(["bad-field-count", "bad-time", "time-order"]);
        var rejects = await Rejects.ReadAsync(_database.Database, receipt.Sha256, default);
        rejects!.Select(row => (row.Line, row.Reason, row.RecordId, row.Field)).ShouldBe([(6, "time-order", "1791163800.10-6", "ended_at"), (7, "bad-time", "1791164400.12-7", "started_at"), (8, "bad-field-count", "", null)]);
        (await Numbers("select line from billing.rated_calls r where r.source = 'all-rows' order by line")).ShouldBe([1, 2, 3, 4]);
        await ShouldBeExplainedAsync("all-rows", "duration-mismatch", 1);
        await ReconciledAsync();
    }

    [Fact]
    public async Task Rows_that_are_no_calls_are_counted_by_kind()
    {
        await LearnAsync();

        var receipt = await IngestAsync("cisco-cucm", Fixture("cisco-cucm", "cdr.csv"), "kinds");

        receipt.Rows.ShouldBe(8);
        receipt.Profile!.Skipped.ShouldBe(new Dictionary<string, long> { ["header"] = 1, ["quality"] = 1, ["types"] = 2 }, ignoreOrder: true);
        await ReconciledAsync();
    }

    [Fact]
    public async Task Trap_one_id_on_three_legs_is_a_call_a_duplicate_and_a_conflict()
    {
        await LearnAsync();

        var receipt = await IngestAsync("freeswitch-csv", Fixture("freeswitch-csv", "Master.csv"), "legs");

        (receipt.Outcomes.Rated, receipt.Outcomes.Duplicate, receipt.Reasons.Suspended["conflicting-duplicate"]).ShouldBe((3, 1, 1));
        await ReconciledAsync();
    }

    [Fact]
    public async Task Trap_a_trailer_that_does_not_match_stores_nothing()
    {
        await LearnAsync();
        var before = await _database.ScalarAsync<long>("select count(*) from billing.deliveries");
        var path = _files.Write("short.fwv", Fixture("fixed-width-carrier", "000421.fwv").Replace("0000003", "0000033", StringComparison.Ordinal));
        using var knowledge = new KnowledgeCache(_database.Database);

        var result = await new IngestFile(_database.Database, knowledge, TimeProvider.System).RunAsync(path, "short.fwv", null, default, Profile("fixed-width-carrier", "short"));

        result.Refused!.Reason.ShouldBe("line 5: the trailer tells 33 calls, the file holds 3");
        (await _database.ScalarAsync<long>("select count(*) from billing.deliveries")).ShouldBe(before);
    }

    [Fact]
    public async Task Trap_a_bye_that_comes_in_an_earlier_file_than_its_invite_waits_and_is_joined()
    {
        await LearnAsync();

        var first = await IngestAsync("opensips-flatstore", Bye("early", 160), "early");
        first.Profile!.Waiting.ShouldBe(1);
        (await PendingAsync("early")).ShouldHaveSingleItem().Role.ShouldBe("end");
        await ReconciledAsync();
        var second = await IngestAsync("opensips-flatstore", Invite("early", 100), "early");

        (second.Rows, second.Outcomes.Rated, second.Profile!.Waiting).ShouldBe((1, 1, 0));
        (await PendingAsync("early")).ShouldBeEmpty();
        (await _database.ScalarAsync<long>("select chargeable_ms from billing.rated_calls where source = 'early'")).ShouldBe(60_000);
        await ReconciledAsync();
    }

    [Fact]
    public async Task A_half_that_comes_again_is_a_duplicate_before_and_after_it_was_joined()
    {
        await LearnAsync();
        await IngestAsync("opensips-flatstore", Invite("twice", 100), "twice");
        var copy = await IngestAsync("opensips-flatstore", Invite("twice", 100) + "ACK|f|t|x|200|OK|1\n", "twice");
        (copy.Outcomes.Duplicate, copy.Profile!.Waiting).ShouldBe((1, 0));
        (await IngestAsync("opensips-flatstore", Bye("twice", 160), "twice")).Outcomes.Rated.ShouldBe(1);

        var late = await IngestAsync("opensips-flatstore", Invite("twice", 100) + "ACK|f|t|y|200|OK|1\n", "twice");
        var whole = await IngestAsync("opensips-flatstore", Invite("twice", 100) + Bye("twice", 160), "twice");

        (late.Outcomes.Duplicate, late.Profile!.Waiting).ShouldBe((1, 0));
        (whole.Outcomes.Duplicate, whole.Profile!.Joined).ShouldBe((1, 1));
        (await _database.ScalarAsync<long>("select count(*) from billing.rated_calls where source = 'twice'")).ShouldBe(1);
        await ReconciledAsync();
    }

    [Fact]
    public async Task Trap_an_invite_without_bye_is_suspended_when_its_time_is_over_and_never_lost()
    {
        await LearnAsync();
        var clock = new HandTime(Monday);
        await IngestAsync("opensips-flatstore", Invite("vain", 100) + Bye("vain", 160).Replace("vain", "vain2", StringComparison.Ordinal), "vain", clock);
        clock.Now = Monday.AddHours(47);
        (await TimeOutAsync(clock)).ShouldBeEmpty();
        clock.Now = Monday.AddHours(49);

        var timedOut = (await TimeOutAsync(clock)).ShouldHaveSingleItem();

        timedOut.Rows.ShouldBe(2);
        timedOut.Reasons.Suspended.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, long>("other-half-missing", 2));
        (await PendingAsync("vain")).ShouldBeEmpty();
        (await _database.ScalarAsync<long>("select count(*) from billing.suspense where source = 'vain' and reason = 'other-half-missing' and released_as is null")).ShouldBe(2);
        await ShouldBeExplainedAsync("vain", "other-half-missing", 2);
        using var knowledge = new KnowledgeCache(_database.Database);
        (await new ReleaseSuspended(_database.Database, knowledge, clock).RunAsync(new ReleaseRequest(null, null, "vain", []), default)).Released.ShouldBe(0);
        (await TimeOutAsync(clock)).ShouldBeEmpty();
        await ReconciledAsync();
    }

    [Fact]
    public async Task A_file_of_the_profile_times_out_what_it_does_not_complete_and_completes_what_is_overdue()
    {
        await LearnAsync();
        var clock = new HandTime(Monday);
        await IngestAsync("opensips-flatstore", Invite("due", 100) + Invite("overdue", 100), "due", clock);
        clock.Now = Monday.AddHours(49);

        var receipt = await IngestAsync("opensips-flatstore", Bye("overdue", 160), "due", clock);

        receipt.Outcomes.Rated.ShouldBe(1);
        (await _database.ScalarAsync<string>("select string_agg(record_id, ',') from billing.suspense where source = 'due'")).ShouldBe("due;f");
        await ReconciledAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_half_that_comes_after_the_other_was_suspended_makes_the_call_and_takes_the_place_of_the_record(bool inviteFirst)
    {
        await LearnAsync();
        var call = inviteFirst ? "late-bye" : "late-invite";
        var clock = new HandTime(Monday);
        await IngestAsync("opensips-flatstore", inviteFirst ? Invite(call, 100) : Bye(call, 160), call, clock);
        clock.Now = Monday.AddHours(49);
        await TimeOutAsync(clock);
        clock.Now = Monday.AddHours(60);

        var receipt = await IngestAsync("opensips-flatstore", inviteFirst ? Bye(call, 160) : Invite(call, 100), call, clock);

        (receipt.Outcomes.Rated, receipt.Profile!.Waiting).ShouldBe((1, 0));
        (await _database.ScalarAsync<long>($"select count(*) from billing.suspense where source = '{call}'")).ShouldBe(0);
        (await _database.ScalarAsync<long>($"select chargeable_ms from billing.rated_calls where source = '{call}'")).ShouldBe(60_000);
        await ReconciledAsync();
        (await IngestAsync("opensips-flatstore", Invite(call, 100) + Bye(call, 160), call, clock)).Outcomes.Duplicate.ShouldBe(1);
        await ReconciledAsync();
    }

    [Fact]
    public async Task A_file_that_is_rolled_back_takes_its_halves_along_and_lets_those_of_others_wait_again()
    {
        await LearnAsync();
        await IngestAsync("opensips-flatstore", Invite("back", 100), "back");
        var wrong = await IngestAsync("opensips-flatstore", Bye("back", 999) + Invite("back2", 100), "back");

        var (report, refusal) = await new RollBackDelivery(_database.Database, TimeProvider.System).RunAsync(
            wrong.Sha256, new Contracts.Events.CorrectionGrounds("another switch", "switch room", null), true, null, default);

        refusal.ShouldBeNull();
        report!.IsWhole.ShouldBeTrue();
        (await PendingAsync("back")).ShouldHaveSingleItem().Role.ShouldBe("start");
        await ReconciledAsync();
        (await IngestAsync("opensips-flatstore", Bye("back", 160), "back")).Outcomes.Rated.ShouldBe(1);
        (await _database.ScalarAsync<long>("select chargeable_ms from billing.rated_calls where source = 'back'")).ShouldBe(60_000);
        await ReconciledAsync();
    }

    [Fact]
    public async Task A_record_whose_duration_contradicts_its_stamps_is_released_only_by_name()
    {
        await LearnAsync();
        await IngestAsync("asterisk-csv", Fixture("asterisk-csv", "calls.csv"), "contradicts");
        using var knowledge = new KnowledgeCache(_database.Database);
        var release = new ReleaseSuspended(_database.Database, knowledge, TimeProvider.System);

        (await release.RunAsync(new ReleaseRequest(null, null, "contradicts", []), default)).Remaining.ShouldHaveSingleItem().Key.ShouldBe("duration-mismatch");
        (await release.RunAsync(new ReleaseRequest(null, "duration-mismatch", "contradicts", []), default)).Released.ShouldBe(1);
        await ReconciledAsync();
    }

    [Theory]
    [InlineData("asterisk-csv", "calls.csv")]
    [InlineData("freeswitch-csv", "Master.csv")]
    [InlineData("kamailio-acc", "acc.csv")]
    [InlineData("broadworks-xml", "cdr.xml")]
    public async Task The_offline_command_says_of_a_switchs_file_what_the_service_says(string profile, string file)
    {
        await LearnAsync();
        var source = $"offline-{profile}";
        var path = _files.Write(file, Fixture(profile, file));
        var stored = await IngestAsync(profile, Fixture(profile, file), source);
        var output = Path.Combine(_files.Folder, "out");
        var request = new RateFilesRequest(MonthFiles.Demo("contracts.json"), _files.Write("tariff.json", System.Text.Encoding.UTF8.GetString(MonthFiles.Tariff)), MonthFiles.Demo("reference.json"), path, MonthFiles.Month, output, Profile(profile, source));

        RateFiles.Run(request, TextWriter.Null, showProgress: false).ShouldBe(0);

        var receipt = MonthFiles.Read<ReceiptDocument>(File.ReadAllBytes(Path.Combine(output, "receipt.json")));
        receipt.Outcomes.ShouldBe(stored.Outcomes);
        receipt.Profile!.Skipped.ShouldBe(stored.Profile!.Skipped, ignoreOrder: true);
        (receipt.Rows, receipt.Profile.Joined, receipt.Profile.Waiting).ShouldBe((stored.Rows, stored.Profile.Joined, stored.Profile.Waiting));
    }

    private static string Invite(string call, int second) => Acc("INVITE", call, second);

    private static string Bye(string call, int second) => Acc("BYE", call, second);

    private static string Acc(string method, string call, int second) =>
        string.Create(CultureInfo.InvariantCulture, $"{method}|f|t|{call}|200|OK|{1_791_158_400 + second}|*postpaid|05033010001|0312345678||\n");

    private static string Fixture(string profile, string file) => File.ReadAllText(Path.Combine(MonthFiles.Root, "contracts", "profiles", profile, file));

    private static Profile Profile(string name, string source) => BuiltInProfiles.Read(BuiltInProfiles.Find(name)!, source).Profile!;

    private async Task ShouldBeExplainedAsync(string source, string reason, int records)
    {
        var names = await _database.NamesAsync($"suspense where source = '{source}' and released_as is null");
        names.Count.ShouldBe(records);
        foreach (var name in names)
        {
            var call = await _database.ExplainAsync(name);
            call.Faults.ShouldBeEmpty();
            call.Outcome.ShouldBe("suspended");
            call.Steps.Single(step => step.Step == "suspended").En.ShouldBe(SuspenseSentences.Of(reason).En);
        }
    }

    private async Task LearnAsync()
    {
        if (await _database.ScalarAsync<long>("select count(*) from billing.mt_streams where id like 'contract-%'") == 0)
        {
            await MonthFiles.LearnAsync(_database);
        }
    }

    private async Task<ReceiptDocument> IngestAsync(string profile, string text, string source, TimeProvider? clock = null)
    {
        // empty lines behind it make the same rows a file of their own
        var path = _files.Write($"{Guid.NewGuid():N}.txt", text + new string('\n', Interlocked.Increment(ref s_written)));
        using var knowledge = new KnowledgeCache(_database.Database);
        var result = await new IngestFile(_database.Database, knowledge, clock ?? TimeProvider.System).RunAsync(path, Path.GetFileName(path), null, default, Profile(profile, source));
        result.Refused.ShouldBeNull();
        result.WasKnown.ShouldBeFalse();
        return result.Receipt!;
    }

    private async Task<List<ReceiptDocument>> TimeOutAsync(TimeProvider clock)
    {
        using var knowledge = new KnowledgeCache(_database.Database);
        return [.. (await new TimeOutHalves(_database.Database, knowledge, clock).RunAsync(default)).Select(result => result.Receipt!)];
    }

    private async Task<List<PendingHalf>> PendingAsync(string source) => [.. (await CallHalves.PendingAsync(_database.Database, default)).Where(half => half.Source == source)];

    private async Task<List<long>> Numbers(string query)
    {
        await using var command = _database.Database.CreateCommand(query);
        await using var reader = await command.ExecuteReaderAsync();
        var numbers = new List<long>();
        while (await reader.ReadAsync())
        {
            numbers.Add(reader.GetInt64(0));
        }

        return numbers;
    }

    private async Task ReconciledAsync()
    {
        var result = await Reconcile.RunAsync(_database.Database, null, default);
        result.Deliveries.ShouldAllBe(delivery => delivery.Holds);
        result.Checks.ShouldAllBe(check => check.Holds);
    }

    private sealed class HandTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
