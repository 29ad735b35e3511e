using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>Messages while the server is killed or the database stops: each is taken in, none twice.</summary>
[Collection(OwnServer.Name)]
[Trait("Category", "Faults")]
public sealed class KilledServerMessagesTests(PrivateServer server) : IDisposable
{
    private const int Messages = 3;

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Messages_of_a_server_that_is_killed_at_work_are_taken_in_by_another_while_the_database_stops_and_starts()
    {
        var rows = Size.Of(30_000, 300_000);
        var file = _folder.At("calls.csv");
        MadeUp.Write(file, MadeUp.Calls(rows, seed: 7));
        await using var undisturbed = await server.Databases.CreateAsync();
        await undisturbed.IngestAsync(file);
        await using var database = await server.Databases.CreateAsync();
        await using var queue = new BrokerQueue();
        (await queue.DoneAsync(database, "broker", "send", file, "--rows", $"{rows / Messages}")).ShouldBe($"calls.csv: {rows:N0} rows in {Messages} messages, confirmed\n");

        await using (var moment = await Moment.AfterRowsAsync(database, "billing.mt_events", rows / Messages / 2))
        {
            using var first = queue.Start(database, "serve");
            await moment.ReachedAsync(first);
            await first.KillAsync();
        }

        using var second = queue.Start(database, "serve");
        await using (var moment = await Moment.AfterRowsAsync(database, "billing.mt_events", rows / Messages))
        {
            await moment.ReachedAsync(second);
            await moment.EndAsync();
            await server.StopFastAsync();
            await server.StartAsync();
        }

        await UntilAsync(database, second, $"select count(distinct sha256) = {Messages} from billing.deliveries where completed_at is not null");
        await second.InterruptAsync();
        var ended = await second.EndAsync();
        ended.Code.ShouldBe(0, ended.All);

        (await queue.CountAsync()).Dead.ShouldBe(0u);
        (await database.CountAsync("select count(*) from billing.deliveries where completed_at is not null")).ShouldBe(Messages);
        var contents = await Contents.OfAsync(database);
        (contents with { Events = contents.Events.Replace("account_created.v1 1, ", "", StringComparison.Ordinal) }).ShouldBe(await Contents.OfAsync(undisturbed));
        await database.ShouldBeSoundAsync();
    }

    private static async Task UntilAsync(FaultDatabase database, BillingProcess server, string condition)
    {
        await using var watch = await database.WatchAsync();
        (await Poll.UntilAsync(condition, () => watch.HoldsAsync(condition), () => server.HasEnded)).ShouldBeTrue("the server ended before");
    }
}
