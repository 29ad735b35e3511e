using System.Globalization;
using Billing.Contracts.Documents;
using Billing.Service.Corrections;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Formats;

/// <summary>No half of a call is lost, in whatever order and with whatever file the other one comes.</summary>
public sealed class CallHalvesTests(ProfiledWorld world) : IClassFixture<ProfiledWorld>
{
    private static readonly DateTimeOffset Monday = new(2026, 10, 5, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Trap_a_bye_that_comes_in_an_earlier_file_than_its_invite_waits_and_is_joined()
    {
        var first = await world.IngestAsync("opensips-flatstore", Bye("early", 160), "early");
        first.Profile!.Waiting.ShouldBe(1);
        (await world.PendingAsync("early")).ShouldHaveSingleItem().Role.ShouldBe("end");
        await world.ReconciledAsync();
        var second = await world.IngestAsync("opensips-flatstore", Invite("early", 100), "early");

        (second.Rows, second.Outcomes.Rated, second.Profile!.Waiting).ShouldBe((1, 1, 0));
        (await world.PendingAsync("early")).ShouldBeEmpty();
        (await world.Database.ScalarAsync<long>("select chargeable_ms from billing.rated_calls where source = 'early'")).ShouldBe(60_000);
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task A_half_that_comes_again_is_a_duplicate_before_and_after_it_was_joined()
    {
        await world.IngestAsync("opensips-flatstore", Invite("twice", 100), "twice");
        var copy = await world.IngestAsync("opensips-flatstore", Invite("twice", 100) + "ACK|f|t|x|200|OK|1\n", "twice");
        (copy.Outcomes.Duplicate, copy.Profile!.Waiting).ShouldBe((1, 0));
        (await world.IngestAsync("opensips-flatstore", Bye("twice", 160), "twice")).Outcomes.Rated.ShouldBe(1);

        var late = await world.IngestAsync("opensips-flatstore", Invite("twice", 100) + "ACK|f|t|y|200|OK|1\n", "twice");
        var whole = await world.IngestAsync("opensips-flatstore", Invite("twice", 100) + Bye("twice", 160), "twice");

        (late.Outcomes.Duplicate, late.Profile!.Waiting).ShouldBe((1, 0));
        (whole.Outcomes.Duplicate, whole.Profile!.Joined).ShouldBe((1, 1));
        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls where source = 'twice'")).ShouldBe(1);
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task Trap_an_invite_without_bye_is_suspended_when_its_time_is_over_and_never_lost()
    {
        var clock = new HandClock(Monday);
        await world.IngestAsync("opensips-flatstore", Invite("vain", 100) + Bye("vain", 160).Replace("vain", "vain2", StringComparison.Ordinal), "vain", clock);
        clock.Now = Monday.AddHours(47);
        (await world.TimeOutAsync(clock)).ShouldBeEmpty();
        clock.Now = Monday.AddHours(49);

        var timedOut = (await world.TimeOutAsync(clock)).ShouldHaveSingleItem();

        timedOut.Rows.ShouldBe(2);
        timedOut.Reasons.Suspended.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, long>("other-half-missing", 2));
        (await world.PendingAsync("vain")).ShouldBeEmpty();
        (await world.Database.ScalarAsync<long>("select count(*) from billing.suspense where source = 'vain' and reason = 'other-half-missing' and released_as is null")).ShouldBe(2);
        await world.ShouldBeExplainedAsync("vain", "other-half-missing", 2);
        using var knowledge = new KnowledgeCache(world.Database.Database);
        (await new ReleaseSuspended(world.Database.Database, knowledge, clock).RunAsync(new ReleaseRequest(null, null, "vain", []), default)).Released.ShouldBe(0);
        (await world.TimeOutAsync(clock)).ShouldBeEmpty();
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task A_file_of_the_profile_times_out_what_it_does_not_complete_and_completes_what_is_overdue()
    {
        var clock = new HandClock(Monday);
        await world.IngestAsync("opensips-flatstore", Invite("due", 100) + Invite("overdue", 100), "due", clock);
        clock.Now = Monday.AddHours(49);

        var receipt = await world.IngestAsync("opensips-flatstore", Bye("overdue", 160), "due", clock);

        receipt.Outcomes.Rated.ShouldBe(1);
        (await world.Database.ScalarAsync<string>("select string_agg(record_id, ',') from billing.suspense where source = 'due'")).ShouldBe("due;f");
        await world.ReconciledAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_half_that_comes_after_the_other_was_suspended_makes_the_call_and_takes_the_place_of_the_record(bool inviteFirst)
    {
        var call = inviteFirst ? "late-bye" : "late-invite";
        var clock = new HandClock(Monday);
        await world.IngestAsync("opensips-flatstore", inviteFirst ? Invite(call, 100) : Bye(call, 160), call, clock);
        clock.Now = Monday.AddHours(49);
        await world.TimeOutAsync(clock);
        clock.Now = Monday.AddHours(60);

        var receipt = await world.IngestAsync("opensips-flatstore", inviteFirst ? Bye(call, 160) : Invite(call, 100), call, clock);

        (receipt.Outcomes.Rated, receipt.Profile!.Waiting).ShouldBe((1, 0));
        (await world.Database.ScalarAsync<long>($"select count(*) from billing.suspense where source = '{call}'")).ShouldBe(0);
        (await world.Database.ScalarAsync<long>($"select chargeable_ms from billing.rated_calls where source = '{call}'")).ShouldBe(60_000);
        await world.ReconciledAsync();
        (await world.IngestAsync("opensips-flatstore", Invite(call, 100) + Bye(call, 160), call, clock)).Outcomes.Duplicate.ShouldBe(1);
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task A_file_that_is_rolled_back_takes_its_halves_along_and_lets_those_of_others_wait_again()
    {
        await world.IngestAsync("opensips-flatstore", Invite("back", 100), "back");
        var wrong = await world.IngestAsync("opensips-flatstore", Bye("back", 999) + Invite("back2", 100), "back");

        var (report, refusal) = await new RollBackDelivery(world.Database.Database, TimeProvider.System).RunAsync(
            wrong.Sha256, new Contracts.Events.CorrectionGrounds("another switch", "switch room", null), true, null, default);

        refusal.ShouldBeNull();
        report!.IsWhole.ShouldBeTrue();
        (await world.PendingAsync("back")).ShouldHaveSingleItem().Role.ShouldBe("start");
        await world.ReconciledAsync();
        (await world.IngestAsync("opensips-flatstore", Bye("back", 160), "back")).Outcomes.Rated.ShouldBe(1);
        (await world.Database.ScalarAsync<long>("select chargeable_ms from billing.rated_calls where source = 'back'")).ShouldBe(60_000);
        await world.ReconciledAsync();
    }

    private static string Invite(string call, int second) => Acc("INVITE", call, second);

    private static string Bye(string call, int second) => Acc("BYE", call, second);

    private static string Acc(string method, string call, int second) =>
        string.Create(CultureInfo.InvariantCulture, $"{method}|f|t|{call}|200|OK|{1_791_158_400 + second}|*postpaid|05033010001|0312345678||\n");
}
