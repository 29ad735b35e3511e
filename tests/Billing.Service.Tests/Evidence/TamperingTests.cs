using Billing.Contracts;
using Billing.Service.Evidence;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Evidence;

/// <summary>One row is changed behind the service's back, and the verification names it.</summary>
public class TamperingTests(TamperingTests.Untouched untouched) : IClassFixture<TamperingTests.Untouched>
{
    private const string One = "05033000001";
    private const string Two = "05033000002";
    private const string October = "stream_id = 'usage-C-1-2026-10'";

    [Fact]
    public async Task An_untouched_store_verifies_with_late_calls_and_open_months()
    {
        await using var world = await untouched.CopyAsync();

        var result = await VerifyAsync(world);

        result.Links.ShouldBeEmpty();
        result.Holds.ShouldBeTrue();
        result.First.ShouldBeNull();
        result.Checks.Single(check => check.Check == VerifyChains.Links).Compared.ShouldBe(5);
        result.Documents.Select(documents => $"{documents.Month} {documents.Invoices}").ShouldBe(["2026-10 2", "2026-11 2"]);
        // a late call of November and the four last closings; the December stream has no closing at all
        result.Unsealed.Usage.ShouldBe(1 + 4 + 1);
    }

    [Theory]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{call,endedAt}', '\"2026-10-03T09:00:00Z\"') where " + October + " and version = 2")]
    [InlineData("update billing.mt_events set data = data - 'known' where " + October + " and version = 1")]
    [InlineData("update billing.mt_events set timestamp = timestamp + interval '1 microsecond' where " + October + " and version = 2")]
    [InlineData("update billing.mt_events set id = gen_random_uuid() where " + October + " and version = 3")]
    [InlineData("update billing.mt_events set type = 'call_suspended.v1' where " + October + " and version = 3")]
    [InlineData("with gone as (select data from billing.mt_events where " + October + " and version = 1) update billing.mt_events e set data = gone.data from gone where e." + October + " and version = 2")]
    public async Task A_changed_event_breaks_the_link_that_covers_it(string tampering)
    {
        await using var world = await untouched.TamperedAsync(tampering);

        var first = (await VerifyAsync(world)).First.ShouldNotBeNull();

        (first.Check, first.Stream, first.FromVersion, first.ToVersion).ShouldBe((VerifyChains.Links, "usage-C-1-2026-10", 1, 3));
        first.Expected.ShouldBe((await world.IssuedAsync("C-1", BilledWorld.October)).Covered[0].Digest);
        first.Found.ShouldMatch("^[0-9a-f]{64}$");
    }

    [Fact]
    public async Task A_deleted_event_is_named()
    {
        await using var world = await untouched.TamperedAsync($"delete from billing.mt_events where {October} and version = 2");

        var result = await VerifyAsync(world);

        result.First!.ToString().ShouldStartWith($"{VerifyChains.Links}: usage-C-1-2026-10, events 1 to 3: expected ");
        result.First.Found.ShouldEndWith(" (event 2 is missing)");
        result.Links.ShouldContain(link => link.Check == VerifyChains.Closings && link.Expected == "3 calls" && link.Found == "2 calls");
        result.Links.ShouldContain(link => link.Check == VerifyStreams.Dense && link.Stream == "usage-C-1-2026-10" && link.Found == "6 events up to 7 (event 2 is missing)");
    }

    [Fact]
    public async Task An_inserted_event_breaks_the_link_into_which_it_was_put()
    {
        await using var world = await untouched.CopyAsync();
        await world.Database.ExecuteAsync(
            $"""
            update billing.mt_events set version = version + 100 where {October};
            update billing.mt_events set version = version - 99 where {October};
            insert into billing.mt_events (seq_id, id, stream_id, version, data, type, timestamp, is_archived)
              select nextval('billing.mt_events_sequence'), gen_random_uuid(), stream_id, 1, data, type, timestamp, false from billing.mt_events where {October} and version = 2;
            update billing.mt_streams set version = version + 1 where id = 'usage-C-1-2026-10'
            """);

        var first = (await VerifyAsync(world)).First.ShouldNotBeNull();

        (first.Check, first.Stream, first.FromVersion, first.ToVersion).ShouldBe((VerifyChains.Links, "usage-C-1-2026-10", 1, 4));
    }

    [Fact]
    public async Task Two_events_that_changed_places_are_found()
    {
        await using var world = await untouched.CopyAsync();
        await world.Database.ExecuteAsync(
            $"""
            update billing.mt_events set version = 1000 where {October} and version = 1;
            update billing.mt_events set version = 1 where {October} and version = 2;
            update billing.mt_events set version = 2 where {October} and version = 1000
            """);

        var result = await VerifyAsync(world);

        result.Broken.ShouldBe(1);
        result.First!.Stream.ShouldBe("usage-C-1-2026-10");
    }

    [Fact]
    public async Task When_the_link_covers_one_event_that_event_is_named()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        await world.IngestAsync(world.Call(One, BilledWorld.Fixed, "2026-10-03T10:00:00"));
        await world.IssueAsync(BilledWorld.October);
        var id = await world.Database.ScalarAsync<Guid>($"select id from billing.mt_events where {October} and version = 1");
        await world.Database.ExecuteAsync($"update billing.mt_events set data = data || '{{\"line\": 99}}' where id = '{id}'");

        var first = (await VerifyAsync(world)).First.ShouldNotBeNull();

        first.Event.ShouldBe(id);
        first.ToString().ShouldStartWith($"{VerifyChains.Links}: usage-C-1-2026-10, event 1 ({id}): expected ");
    }

    [Fact]
    public async Task A_late_call_behind_a_closing_is_in_the_next_link_and_the_first_still_holds()
    {
        await using var world = await untouched.TamperedAsync($"update billing.mt_events set data = data || '{{\"line\": 99}}' where {October} and version = 5");

        var result = await VerifyAsync(world);

        result.Broken.ShouldBe(1);
        (result.First!.FromVersion, result.First.ToVersion).ShouldBe((4, 5));
    }

    [Theory]
    [InlineData("{digest}", "\"00\"")]
    [InlineData("{digest}", "null")]
    [InlineData("{calls}", "7")]
    [InlineData("{invoice}", "\"202612-C-1\"")]
    [InlineData("{contract}", "\"C-1\"")]
    [InlineData("{month}", "\"2026-11\"")]
    [InlineData("{calls}", "\"many\"")]
    public async Task A_changed_closing_is_named(string member, string value)
    {
        await using var world = await untouched.TamperedAsync($"update billing.mt_events set data = jsonb_set(data, '{member}', '{value}') where stream_id = 'usage-C-2-2026-10' and version = 2");

        var result = await VerifyAsync(world);

        result.First!.Stream.ShouldBe("usage-C-2-2026-10");
        result.First.Check.ShouldBeOneOf(VerifyChains.Links, VerifyChains.Closings);
        result.Broken.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("{invoice,total}", "\"1\"")]
    [InlineData("{invoice,customer}", "\"somebody else\"")]
    [InlineData("{invoice,lines}", "[]")]
    [InlineData("{digest}", "\"0000000000000000000000000000000000000000000000000000000000000000\"")]
    [InlineData("{invoice,issuedAt}", "\"2026-12-02T00:00:00Z\"")]
    [InlineData("{covered,0,unanswered}", "5")]
    [InlineData("{covered,0,streamVersion}", "3")]
    [InlineData("{covered,0,digest}", "\"00\"")]
    [InlineData("{covered}", "[]")]
    [InlineData("{covered}", "7")]
    public async Task A_changed_document_is_named(string member, string value)
    {
        await using var world = await untouched.CopyAsync();
        var published = (await VerifyAsync(world)).Documents[0].Digest;
        (await world.Database.ExecuteAsync($"update billing.mt_events set data = jsonb_set(data, '{member}', '{value}') where stream_id = 'invoice-C-2-2026-10'")).ShouldBe(1);

        var result = await VerifyAsync(world);

        result.Holds.ShouldBeFalse();
        result.First!.ToString().ShouldContain("C-2");
        result.Documents[0].Digest.ShouldNotBe(published);
    }

    [Fact]
    public async Task Only_a_digest_kept_elsewhere_tells_of_a_document_whose_rows_and_digests_were_all_changed_too()
    {
        await using var world = await untouched.CopyAsync();
        var published = (await VerifyAsync(world)).Documents[0].Digest;
        await world.Database.ExecuteAsync("update billing.mt_events set data = jsonb_set(data, '{tariffVersion}', '\"forged\"') where stream_id = 'invoice-C-2-2026-10'");

        var forged = await new VerifyStore(world.Database.Database).RunAsync(BilledWorld.October, published, null, default);

        (await VerifyAsync(world)).Holds.ShouldBeTrue();
        forged.Broken.ShouldBe(1);
        forged.First!.Stream.ShouldBe("invoices of 2026-10");
        forged.First.Expected.ShouldBe(published);
    }

    [Theory]
    [InlineData("update billing.invoices set total = total + 1 where number = '202610-C-2'", "invoices 202610-C-2")]
    [InlineData("update billing.invoices set customer = 'somebody else' where number = '202610-C-2'", "invoices 202610-C-2")]
    [InlineData("update billing.invoices set issued_at = issued_at + interval '1 day' where number = '202610-C-2'", "invoices 202610-C-2")]
    [InlineData("update billing.invoices set digest = '00' where number = '202610-C-2'", "invoices 202610-C-2")]
    [InlineData("update billing.invoices set number = '202610-C-9' where number = '202610-C-2'", "invoices 202610-C-2")]
    [InlineData("delete from billing.invoices where number = '202610-C-2'", "invoices 202610-C-2")]
    [InlineData("insert into billing.invoices select '202609-C-2', contract, '2026-09-01', customer, issued_at, due_on, subtotal, tax, total, digest from billing.invoices where number = '202610-C-2'", "invoices 202609-C-2")]
    [InlineData("update billing.invoiced_usage set charge = charge + 0.00000000000000000001 where invoice = '202610-C-2'", "invoiced_usage 202610-C-2 C-2 2026-10")]
    [InlineData("update billing.invoiced_usage set covered = jsonb_set(covered, '{tailMs}', '1') where invoice = '202610-C-2'", "invoiced_usage 202610-C-2 C-2 2026-10")]
    [InlineData("delete from billing.invoiced_usage where invoice = '202610-C-2'", "invoiced_usage 202610-C-2 C-2 2026-10")]
    [InlineData("insert into billing.invoiced_usage select contract, '2026-08-01', invoice, calls, unanswered, charge, amount, limit_change, covered from billing.invoiced_usage where invoice = '202610-C-2'", "invoiced_usage 202610-C-2 C-2 2026-08")]
    [InlineData("insert into billing.invoiced_usage select contract, usage_month, 'made-up', calls, unanswered, charge, amount, limit_change, covered from billing.invoiced_usage where invoice = '202610-C-2'", "invoiced_usage made-up C-2 2026-10")]
    public async Task A_changed_row_is_named(string tampering, string named)
    {
        await using var world = await untouched.TamperedAsync(tampering);

        var result = await VerifyAsync(world);

        result.First!.Stream.ShouldBe(named);
    }

    [Theory]
    [InlineData("update billing.mt_streams set version = version + 1 where id = 'usage-C-1-2026-12'", "usage-C-1-2026-12")]
    [InlineData("delete from billing.mt_events where stream_id = 'usage-C-1-2026-12'", "usage-C-1-2026-12")]
    [InlineData("delete from billing.mt_streams where id = 'usage-C-2-2026-10'", "closing usage-C-2-2026-10 event 2")]
    [InlineData("delete from billing.mt_streams where id = 'invoice-C-2-2026-10'", "invoices 202610-C-2")]
    [InlineData("delete from billing.mt_events where stream_id = 'invoice-C-2-2026-10'", "invoice-C-2-2026-10")]
    [InlineData("delete from billing.mt_events where stream_id = 'contract-C-2' and version = 1", "contract-C-2")]
    public async Task A_hole_or_a_stream_taken_away_is_named(string tampering, string named)
    {
        await using var world = await untouched.TamperedAsync(tampering);

        (await VerifyAsync(world)).First!.Stream.ShouldBe(named);
    }

    [Theory]
    [InlineData("delete from billing.knowledge_log where no = 2", "knowledge_log, number 3")]
    [InlineData("delete from billing.knowledge_log where no = 3", "knowledge_counter")]
    [InlineData("update billing.knowledge_log set version = version + 1 where no = 2", "contract-C-1")]
    [InlineData("update billing.knowledge_log set known_at = known_at - interval '1 day' where no = 3", "knowledge_log, number 3")]
    public async Task A_changed_log_of_knowledge_is_named(string tampering, string named)
    {
        await using var world = await untouched.TamperedAsync(tampering);

        var result = await VerifyAsync(world);

        result.First!.Check.ShouldBe(VerifyKnowledge.Log);
        result.First.Stream.ShouldBe(named);
    }

    [Fact]
    public async Task One_month_is_verified_by_itself()
    {
        await using var world = await untouched.CopyAsync();
        await world.Database.ExecuteAsync($"update billing.mt_events set data = data || '{{\"line\": 99}}' where {October} and version = 1");

        (await VerifyAsync(world, BilledWorld.October)).Broken.ShouldBe(1);
        var november = await VerifyAsync(world, BilledWorld.November);
        november.Holds.ShouldBeTrue();
        november.Documents.ShouldHaveSingleItem().Month.ShouldBe(BilledWorld.November);
    }

    private static Task<Verification> VerifyAsync(BilledWorld world, UsageMonth? month = null) =>
        new VerifyStore(world.Database.Database).RunAsync(month, null, null, default);

    /// <summary>Two contracts with two invoiced months, calls late for both and a month that is open.</summary>
    public sealed class Untouched : UntouchedWorld
    {
        protected override async Task<BilledWorld> MakeAsync()
        {
            var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One), BilledWorld.Contract("C-2", Two));
            await world.IngestAsync(
                world.Call(One, BilledWorld.Fixed, "2026-10-03T10:00:00"),
                world.Call(One, BilledWorld.Mobile, "2026-10-03T11:00:00"),
                world.Unanswered(One, BilledWorld.Fixed, "2026-10-03T12:00:00"),
                world.Call(Two, BilledWorld.NewYork, "2026-10-03T10:00:00"));
            await world.IssueAsync(BilledWorld.October);
            await world.IngestAsync(world.Call(One, BilledWorld.Fixed, "2026-10-04T10:00:00"), world.Call(One, BilledWorld.Fixed, "2026-11-04T10:00:00"));
            await world.IssueAsync(BilledWorld.November);
            await world.IngestAsync(world.Call(One, BilledWorld.Fixed, "2026-10-05T10:00:00"), world.Call(One, BilledWorld.Fixed, "2026-12-01T10:00:00"));
            return world;
        }
    }
}
