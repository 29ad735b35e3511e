using System.Collections.Concurrent;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating;
using Billing.Rating.Calls;
using Billing.Service.EventLog;
using Billing.Service.Knowledge;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Marten.Storage;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>
/// Makes the read tables of calls from their events: inline for events appended by a session, and for rebuilds. The bulk
/// append writes the same rows with the same code. A call is rated with what was known when it was appended, so a rebuild
/// gives identical rows.
/// </summary>
internal sealed class RatedCallsProjection : ProjectionBase, IProjection
{
    public const string ProjectionName = "rated_calls";

    private readonly ConcurrentDictionary<NpgsqlDataSource, Known> _known = new();

    public RatedCallsProjection()
    {
        Name = ProjectionName;
        IncludeType<CallRecorded>();
        IncludeType<CallSuspended>();
        IncludeType<CallReleased>();
        IncludeType<CallVoided>();
        IncludeType<CallCorrected>();
        IncludeType<UsageRerated>();
        IncludeArchivedEvents = true;
        Options.BatchSize = 5_000;
        Options.MaximumHopperSize = 20_000;
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.rated_calls");
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.month_usage");
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.suspense");
        Options.DeleteDataInTableOnTeardown($"{BillingStore.Schema}.call_corrections");
    }

    public async Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var known = _known.GetOrAdd(((MartenDatabase)operations.Database).DataSource, database => new Known(database));
        var rows = new CallRows { RaterAt = known.RaterAtAsync };
        foreach (var happened in events)
        {
            switch (happened.Data)
            {
                case CallRecorded recorded:
                    rows.Add(happened.Id, recorded, await known.RaterAtAsync(recorded.Known));
                    break;
                case CallSuspended suspended:
                    rows.Add(happened.Id, happened.StreamKey!, suspended);
                    break;
                case CallReleased released:
                    rows.Released.Add((released.Suspended, released.Recorded));
                    break;
                case CallVoided or CallCorrected or UsageRerated:
                    rows.Corrections.Add(happened.Id);
                    break;
            }
        }

        if (!rows.IsEmpty)
        {
            await known.Partitions.EnsureAsync(rows.Months, cancellation);
            ((ITransactionParticipantRegistrar)operations).AddTransactionParticipant(rows);
        }
    }

    /// <summary>What is known in a database at a number never changes, so it is loaded once.</summary>
    private sealed class Known(NpgsqlDataSource database)
    {
        private readonly ConcurrentDictionary<long, Task<RatingKnowledge>> _known = new();
        private readonly KnowledgeLoader _loader = new(database);

        public MonthPartitions Partitions { get; } = new(database);

        public async Task<CallRater> RaterAtAsync(long no) => (await _known.GetOrAdd(no, number => _loader.LoadAsync(number, CancellationToken.None))).Rater;
    }
}

/// <summary>The rows that a group of call events makes, written in the transaction that appends or replays them.</summary>
internal sealed class CallRows : ITransactionParticipant
{
    private readonly CallRecordReader _reader = new();
    private readonly RatedCallRows _rated = new();
    private readonly UsageIncrements _usage = new();
    private readonly CopyBuffer _suspended = new();
    private RatedCall _call;

    public HashSet<UsageMonth> Months { get; } = [];

    public List<(Guid Suspended, Guid Recorded)> Released { get; } = [];

    /// <summary>The ids of events that correct calls.</summary>
    public List<Guid> Corrections { get; } = [];

    /// <summary>What was known at a number; asked for corrections only.</summary>
    public Func<long, Task<CallRater>>? RaterAt { get; init; }

    public bool IsEmpty => _rated.Count == 0 && _suspended.Rows == 0 && Released.Count == 0 && Corrections.Count == 0;

    public void Add(Guid id, CallRecorded recorded, CallRater rater)
    {
        var row = _reader.Read(recorded.Call);
        rater.Rate(row.Facts, ref _call);
        Months.Add(_call.UsageMonth);
        _rated.Add(id, row, _call, recorded.Delivery, recorded.Line);
        _usage.Count(_call);
    }

    public void Add(Guid id, string stream, CallSuspended suspended)
    {
        var row = _reader.Read(suspended.Call);
        SuspenseRows.Add(_suspended, id, stream, row, Words.SuspenseReasonOf(suspended.Reason)!.Value,
            Tokyo.MonthOf(Tokyo.DayOf(row.AnsweredMs ?? row.StartedMs)), suspended.Delivery, suspended.Line);
    }

    public Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token) => WriteAsync(connection, token);

    public async Task WriteAsync(NpgsqlConnection connection, CancellationToken token)
    {
        await _rated.SendAsync(connection, token);
        await _usage.ApplyAsync(connection, token);
        await SuspenseRows.SendAsync(_suspended, connection, token);
        await SuspenseRows.ReleaseAsync(Released, connection, token);
        if (Corrections.Count > 0)
        {
            await CorrectAsync(connection, token);
        }
    }

    /// <summary>Corrections come after the calls: they only concern calls before them. The log tells their order and versions.</summary>
    private async Task CorrectAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var apply = new ApplyCorrections(connection, RaterAt!, look: false, token);
        foreach (var correction in await ReadCorrectionsAsync(connection, token))
        {
            await apply.TakeAsync(correction);
        }

        await apply.FlushAsync();
        if (apply.Missing > 0 || apply.Misfits.Count > 0)
        {
            throw new InvalidDataException(
                $"Corrections do not fit the calls: {apply.Missing} calls are not in the read tables, those of {apply.Misfits.Count} streams do not belong there.");
        }
    }

    private async Task<List<LoggedCorrection>> ReadCorrectionsAsync(NpgsqlConnection connection, CancellationToken token)
    {
        var corrections = new List<LoggedCorrection>(Corrections.Count);
        await using var command = new NpgsqlCommand(
            $"select stream_id, version, type, data from {BillingStore.Schema}.mt_events where id = any($1) order by seq_id", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Corrections.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(token);
        while (await reader.ReadAsync(token))
        {
            corrections.Add(new LoggedCorrection(
                reader.GetString(0), reader.GetInt64(1), StreamCalls.Deserialize(reader.GetString(2), reader.GetFieldValue<byte[]>(3))));
        }

        return corrections;
    }
}
