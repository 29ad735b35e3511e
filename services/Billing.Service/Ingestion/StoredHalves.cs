using Billing.Contracts.Events;
using Billing.Formats.Joining;
using Billing.Service.Corrections;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>
/// The halves of calls that came with earlier files of a profile, those that were suspended in the last 60 days included. Nobody else adds to
/// them while a file of the profile is taken in.
/// </summary>
internal sealed class StoredHalves : EarlierHalves
{
    private static readonly TimeSpan Late = TimeSpan.FromDays(60);

    private readonly NpgsqlDataSource _database;
    private readonly TimeProvider _clock;
    private readonly HashSet<Guid> _timedOut;

    private StoredHalves(NpgsqlDataSource database, TimeProvider clock, List<CallHalf> waiting, List<CallHalf> timedOut)
    {
        _database = database;
        _clock = clock;
        _timedOut = [.. timedOut.Select(half => half.Id)];
        Waiting = [.. waiting, .. timedOut];
    }

    public override IReadOnlyList<CallHalf> Waiting { get; }

    public static async Task<StoredHalves> LoadAsync(NpgsqlDataSource database, string profile, TimeProvider clock, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return new StoredHalves(
            database,
            clock,
            await CallHalves.WaitingAsync(connection, profile, until: null, cancel),
            await CallHalves.TimedOutAsync(connection, profile, clock.GetUtcNow().UtcDateTime - Late, cancel));
    }

    public override IReadOnlyDictionary<Guid, CallHalf> Known(IReadOnlyCollection<Guid> ids) => CallHalves.Known(_database, ids);

    /// <summary>
    /// A half that was suspended is no suspended record any more: that is voided, so that the whole call takes its place, or with what else waits by
    /// then. If the file is then cut short, the half waits, and times out again.
    /// </summary>
    public override void OtherCame(CallHalf half)
    {
        if (_timedOut.Remove(half.Id))
        {
            ReopenAsync(half.Id).GetAwaiter().GetResult();
        }
    }

    private async Task ReopenAsync(Guid half)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await CallHalves.ReopenAsync(connection, half, default) is var (id, stream))
        {
            var versions = await CorrectedStreams.LockAsync(connection, [stream], default);
            var grounds = new CorrectionGrounds("another row of the call came", "ingest");
            await VoidBatch.WriteAsync(connection, [new FoundCall("", id, stream, 0, IsSuspended: true)], versions, grounds, _clock.GetUtcNow(), default);
        }

        await transaction.CommitAsync();
    }
}
