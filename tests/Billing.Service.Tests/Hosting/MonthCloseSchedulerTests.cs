using Billing.Service.Hosting;
using Billing.Service.Hosting.MonthClose;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Tests.Hosting;

/// <summary>However many servers start, one close is scheduled.</summary>
public sealed class MonthCloseSchedulerTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    [Fact]
    public async Task Several_servers_that_start_at_once_schedule_one_close()
    {
        await ForgetAsync();
        var servers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Server.StartAsync(database.ConnectionString)));
        try
        {
            var dueAt = CloseMonth.Next(SystemClock.Instance.GetCurrentInstant(), TimeSpan.FromHours(6)).DueAt(TimeSpan.FromHours(6));
            (await ScheduledAsync()).ShouldBe($"Scheduled {InstantPattern.General.Format(dueAt)}");
        }
        finally
        {
            await Task.WhenAll(servers.Select(server => server.DisposeAsync().AsTask()));
        }
    }

    [Fact]
    public async Task A_later_start_leaves_it_moves_it_or_takes_it_back()
    {
        await ForgetAsync();
        await StartAsync("2028-02-29T14:00:00Z");
        (await ScheduledAsync()).ShouldBe("Scheduled 2028-02-29T21:00:00Z");

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync("2028-02-29T20:00:00Z")));
        (await ScheduledAsync()).ShouldBe("Scheduled 2028-02-29T21:00:00Z");

        await StartAsync("2028-02-29T20:00:00Z", ("month-close-delay", "1.12:30"));
        (await ScheduledAsync()).ShouldBe("Scheduled 2028-03-02T03:30:00Z");

        await StartAsync("2028-02-29T20:00:00Z", ("month-close", "false"));
        (await ScheduledAsync()).ShouldBe("");

        // a month that passed while closing was off is not made up for: `invoices issue` does that
        await StartAsync("2028-12-31T16:00:00Z", ("month-close-delay", "00:00"));
        (await ScheduledAsync()).ShouldBe("Scheduled 2029-01-31T15:00:00Z");
    }

    [Fact]
    public async Task A_close_that_fell_due_while_no_server_ran_stays()
    {
        await ForgetAsync();
        await StartAsync("2028-02-29T14:00:00Z");
        await StartAsync("2028-04-10T00:00:00Z");
        (await ScheduledAsync()).ShouldBe("Scheduled 2028-02-29T21:00:00Z");
    }

    /// <summary>What a server does when it starts at an instant.</summary>
    private async Task StartAsync(string now, params (string Name, string Value)[] settings)
    {
        var services = (await database.HostAsync()).Services;
        var scheduler = ActivatorUtilities.CreateInstance<MonthCloseScheduler>(
            services, Server.Settings(database.ConnectionString, settings), (IClock)new StoppedClock(InstantPattern.General.Parse(now).Value));
        await scheduler.StartAsync(CancellationToken.None);
    }

    private Task<int> ForgetAsync() => database.ExecuteAsync($"delete from {BillingHost.QueueSchema}.wolverine_incoming_envelopes");

    private Task<string> ScheduledAsync() => database.ScalarAsync<string>(
        $"""
        select coalesce(string_agg(status || ' ' || to_char(execution_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), E'\n' order by execution_time), '')
        from {BillingHost.QueueSchema}.wolverine_incoming_envelopes where message_type = '{CloseMonth.Name}'
        """);

    private sealed class StoppedClock(Instant now) : IClock
    {
        public Instant GetCurrentInstant() => now;
    }
}
