using System.Diagnostics.Metrics;
using Billing.Service.Notices;
using Marten;
using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>
/// What the database tells of the state of the service, read again and again for those who watch it. The figures are those of the last time that it could be read, and
/// <c>billing.figures.age</c> says when that was. All processes on one database tell the same.
/// </summary>
internal sealed partial class Figures : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private const string Read =
        $"""
        select
          coalesce((select extract(epoch from now() - received_at)::float8 from {BillingStore.Schema}.deliveries
            where no = (select min(delivery) from {BillingStore.Schema}.suspense where released_as is null)), 0),
          (select count(*) from {BillingStore.Schema}.parked_invoices),
          (select count(*) from {BillingHost.QueueSchema}.wolverine_dead_letters)
        """;

    private static readonly string ReadNotices =
        $"""
        select case when subscription = '{EventExchange.Target}' then 'broker' else 'webhook' end, state, count(*)
        from {WebhookDeliveries.Table} where state <> 'delivered' group by 1, 2
        union all
        select 'mail', state, count(*) from {LimitMails.Table} where state <> 'sent' group by state
        """;

    private static readonly (string Target, string State)[] OpenNotices =
        [.. from target in (string[])["webhook", "broker", "mail"] from state in (string[])[WebhookDelivery.Pending, WebhookDelivery.Failed] select (target, state)];

    private readonly NpgsqlDataSource _database;
    private readonly IDocumentStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger<Figures> _log;
    private readonly long _begun;
    private State? _last;

    public Figures(NpgsqlDataSource database, IDocumentStore store, IMeterFactory meters, TimeProvider time, ILogger<Figures> log)
    {
        (_database, _store, _time, _log, _begun) = (database, store, time, log, time.GetTimestamp());
        var meter = meters.Create(Telemetry.Name);
        meter.CreateObservableGauge("billing.figures.age", () => _time.GetElapsedTime(_last?.At ?? _begun).TotalSeconds, "s", "How long ago the database could be read for the other figures");
        meter.CreateObservableGauge("billing.projection.lag", () => Each<long>(state => state.Lag.Select(shard => Of(shard.Value, ("projection", shard.Key)))), "{event}", "Events that a projection is behind the log");
        meter.CreateObservableGauge("billing.projection.paused", () => Each<long>(state => state.Lag.Keys.Select(name => Of(state.Paused.Contains(name) ? 1 : 0, ("projection", name)))), "{projection}", "1 when an error has stopped a projection");
        meter.CreateObservableGauge("billing.suspense.age", () => Each<double>(state => [new Measurement<double>(state.SuspenseAge)]), "s", "How long ago the record was received that has been suspended longest; 0 when none is");
        meter.CreateObservableGauge("billing.contracts.parked", () => Each<long>(state => [Of(state.Parked)]), "{contract}", "Contracts whose invoice of a month could not be made");
        meter.CreateObservableGauge("billing.dead.letters", () => Each<long>(state => [Of(state.DeadLetters)]), "{message}", "Messages whose handling failed for good");
        meter.CreateObservableGauge("billing.notices.open", () => Each<long>(state => OpenNotices.Select(open => Of(state.Notices.GetValueOrDefault(open), ("target", open.Target), ("state", open.State)))), "{notice}", "Events that were not told to webhooks, the broker or by mail: pending, or failed and waiting to be replayed");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Telemetry.ShowCounters();
        using var timer = new PeriodicTimer(Pause, _time);
        do
        {
            try
            {
                _last = await ReadAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                NotRead(_log, fault.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<State> ReadAsync(CancellationToken cancel)
    {
        var progress = await ProjectionProgress.ReadAsync(_store, _database, cancel);
        var notices = new Dictionary<(string, string), long>();
        await using (var command = _database.CreateCommand(ReadNotices))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                notices.Add((reader.GetString(0), reader.GetString(1)), reader.GetInt64(2));
            }
        }

        await using (var command = _database.CreateCommand(Read))
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            return new State(
                _time.GetTimestamp(),
                progress.Shards.ToDictionary(shard => shard.Key, shard => progress.Highest - shard.Value, StringComparer.Ordinal),
                progress.Paused,
                reader.GetDouble(0),
                reader.GetInt64(1),
                reader.GetInt64(2),
                notices);
        }
    }

    private IEnumerable<Measurement<T>> Each<T>(Func<State, IEnumerable<Measurement<T>>> figures)
        where T : struct =>
        _last is { } state ? figures(state) : [];

    private static Measurement<long> Of(long value, params ReadOnlySpan<(string Name, string Value)> tags)
    {
        var pairs = new KeyValuePair<string, object?>[tags.Length];
        for (var i = 0; i < tags.Length; i++)
        {
            pairs[i] = new(tags[i].Name, tags[i].Value);
        }

        return new Measurement<long>(value, pairs);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The figures of the service could not be read: {Reason}")]
    private static partial void NotRead(ILogger log, string reason);

    private sealed record State(
        long At,
        IReadOnlyDictionary<string, long> Lag,
        IReadOnlyCollection<string> Paused,
        double SuspenseAge,
        long Parked,
        long DeadLetters,
        IReadOnlyDictionary<(string Target, string State), long> Notices);
}
