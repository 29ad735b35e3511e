using System.Net;
using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>Two versions on one database: each leaves the other what it needs, and the schema changes under a server at work.</summary>
[Trait("Category", "Faults")]
public sealed class SchemaUpgradeTests
{
    private const int BatchSize = 200;

    [Fact]
    public async Task What_a_newer_version_has_added_stays_and_this_one_starts_and_serves_with_it()
    {
        await using var database = await DatabaseServer.Shared.CreateAsync();
        await database.ExecuteAsync(
            """
            alter table billing.rated_calls add column newer text;
            alter table billing.deliveries add column newer_file bigint references billing.deliveries;
            alter table billing_queue.wolverine_nodes add column newer text;
            create index newer_events on billing.mt_events (timestamp);
            create table billing.newer (id bigint primary key)
            """);
        const string Added =
            """
            select (select count(*) from information_schema.columns where column_name like 'newer%' and table_name in ('rated_calls', 'deliveries', 'wolverine_nodes'))
              + (select count(*) from pg_class where relname in ('newer', 'newer_events')) + (select count(*) from pg_constraint where conname like '%newer_file%')
            """;
        var added = await database.CountAsync(Added);

        (await database.DoneAsync("db-assert")).ShouldBe("The schema is up to date.\n");
        (await database.DoneAsync("db-apply")).ShouldBe("The schema is up to date.\n");
        using var server = await BillingServer.StartAsync(database, "older", await database.MakeKeyAsync(), ("BILLING_PRODUCTION", "true"));
        (await server.PostAsync(Batch(0))).ShouldBe(HttpStatusCode.OK);

        (await database.CountAsync(Added)).ShouldBe(added);
        (await database.AllDeliveriesAsync()).Stored.ShouldBe(BatchSize);
    }

    [Fact]
    public async Task An_older_schema_is_brought_up_to_date_under_a_server_that_takes_batches()
    {
        await using var database = await DatabaseServer.Shared.CreateAsync();
        using var server = await BillingServer.StartAsync(database, "older", await database.MakeKeyAsync());
        await database.ExecuteAsync("alter table billing.suspense drop column released_as; drop index billing.idx_mt_events_event_id");
        (await database.RunAsync("db-assert")).Error.ShouldBe(
            "billing: billing.suspense is not up to date\nbilling: billing.mt_events is not up to date\nbilling: the schema is not up to date: run billing db-apply\n");

        // somebody reads for long, so the change of the table has to wait, and whoever writes to it must not wait as long
        await using var gate = await TableGate.CloseAsync(database, "billing.suspense", "access share");
        using var apply = database.Start("db-apply");
        (await gate.ReachedAsync(apply)).ShouldBeTrue("the schema was changed under a reader");
        for (var no = 0; no < 4; no++)
        {
            (await server.PostAsync(Batch(no))).ShouldBe(HttpStatusCode.OK);
        }

        apply.HasEnded.ShouldBeFalse();
        await gate.OpenAsync();
        var ended = await apply.EndAsync();

        ended.Code.ShouldBe(0, ended.All);
        ended.Output.ShouldBe("changed billing.suspense\nchanged billing.mt_events\nThe schema is up to date now.\n");
        (await server.PostAsync(Batch(4))).ShouldBe(HttpStatusCode.OK);
        (await database.DoneAsync("db-assert")).ShouldBe("The schema is up to date.\n");
        (await database.AllDeliveriesAsync()).Stored.ShouldBe(5 * BatchSize);
        (await database.CountAsync("select count(*) from billing.suspense")).ShouldBePositive();
        await database.ShouldBeSoundAsync();
    }

    private static byte[] Batch(int no) => MadeUp.Csv(MadeUp.Calls(BatchSize, seed: 33, first: no * BatchSize));
}
