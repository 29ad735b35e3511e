using Billing.Contracts;
using Billing.Service.Sharding;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Persistence.Durability.ScheduledMessageManagement;
using Wolverine.Runtime;

namespace Billing.Service.Hosting.MonthClose;

/// <summary>
/// When the server starts: sees to it that exactly one close of a month is scheduled, at the time that is set, however many
/// servers start at once. Without automatic closing it takes back what was scheduled.
/// </summary>
internal sealed partial class MonthCloseScheduler(
    IWolverineRuntime runtime,
    IServiceScopeFactory scopes,
    NpgsqlDataSource database,
    BillingSettings settings,
    IClock clock,
    ILogger<MonthCloseScheduler> log) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var gate = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('billing.month-close', 0))", connection, transaction);
        await gate.ExecuteNonQueryAsync(cancellationToken);

        // a month of several databases is closed from the main one
        var closes = settings.MonthClose && (await ShardPlace.OfAsync(connection, cancellationToken)).Name is null;
        var scheduled = await ReadAsync(connection, transaction, cancellationToken);
        var kept = closes ? scheduled.Take(1).ToList() : [];
        await CancelAsync(scheduled.Except(kept).Where(x => x.IsScheduled).ToList(), cancellationToken);
        if (closes)
        {
            await SetAsync(kept.FirstOrDefault(), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task SetAsync(Pending? present, CancellationToken cancellation)
    {
        if (present is null)
        {
            var next = CloseMonth.Next(clock.GetCurrentInstant(), settings.MonthCloseDelay);
            var dueAt = next.DueAt(settings.MonthCloseDelay);
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IMessageBus>().ScheduleAsync(next, dueAt.ToDateTimeOffset());
            Scheduled(log, next.Month, dueAt);
        }
        else if (present.IsScheduled && CloseMonth.Reschedule(present.DueAt, settings.MonthCloseDelay) is var dueAt && dueAt != present.DueAt)
        {
            await runtime.Storage.ScheduledMessages.RescheduleAsync(present.Id, dueAt.ToDateTimeOffset(), cancellation);
            Moved(log, present.DueAt, dueAt);
        }
    }

    private async Task CancelAsync(IReadOnlyList<Pending> surplus, CancellationToken cancellation)
    {
        if (surplus.Count > 0)
        {
            await runtime.Storage.ScheduledMessages.CancelAsync(new ScheduledMessageQuery { MessageIds = [.. surplus.Select(x => x.Id)] }, cancellation);
            Cancelled(log, surplus.Count);
        }
    }

    /// <summary>Closes that are scheduled or at work.</summary>
    private static async Task<IReadOnlyList<Pending>> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select id, status = 'Scheduled', execution_time from {BillingHost.QueueSchema}.wolverine_incoming_envelopes
            where message_type = $1 and status <> 'Handled' order by status = 'Scheduled', execution_time
            """, connection, transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = CloseMonth.Name });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var pending = new List<Pending>();
        while (await reader.ReadAsync(cancellation))
        {
            pending.Add(new Pending(reader.GetGuid(0), reader.GetBoolean(1),
                await reader.IsDBNullAsync(2, cancellation) ? default : Instant.FromDateTimeUtc(reader.GetDateTime(2))));
        }

        return pending;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The invoices of {Month} will be issued at {DueAt}")]
    private static partial void Scheduled(ILogger log, UsageMonth month, Instant dueAt);

    [LoggerMessage(Level = LogLevel.Information, Message = "The close of the month is moved from {Before} to {DueAt}")]
    private static partial void Moved(ILogger log, Instant before, Instant dueAt);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} scheduled closes of a month are taken back")]
    private static partial void Cancelled(ILogger log, int count);

    private sealed record Pending(Guid Id, bool IsScheduled, Instant DueAt);
}
