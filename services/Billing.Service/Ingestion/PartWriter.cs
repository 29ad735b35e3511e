using Billing.Rating.Records;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>
/// Writes one part of each batch of a delivery, on a connection of its own. Records that the log holds already are sorted out only
/// when it objects, or did with the batch before.
/// </summary>
/// <param name="alwaysLook">True: they are sorted out of every batch before any part of it is written.</param>
/// <param name="others">The other databases over which contracts are spread.</param>
internal sealed class PartWriter(
    int no, bool alwaysLook, NpgsqlDataSource database, MonthPartitions partitions, IReadOnlyList<NpgsqlDataSource> others, KnowledgeCache knowledge, TimeProvider clock, Delivery delivery, Func<CdrParser> newParser) : IAsyncDisposable
{
    private readonly Dictionary<Guid, HeldCall> _held = [];
    private NpgsqlConnection? _connection;
    private CdrParser? _parser;
    private readonly bool _alwaysLook = alwaysLook;
    private bool _expectHeld = alwaysLook;

    private CdrParser Parser => _parser ??= newParser();

    /// <summary>Builds the part anew without what is held, if anything is expected to be.</summary>
    /// <exception cref="IOException">What is held is of a delivery whose roll-back is not finished.</exception>
    public Task LookAsync(CallBatch batch, CancellationToken cancel) => !_expectHeld ? Task.CompletedTask : WithConnectionAsync(async connection =>
    {
        _expectHeld = await SetHeldApartAsync(batch, connection, cancel) || _alwaysLook;
    }, cancel);

    /// <summary>
    /// Writes the part in one transaction, unless it was written already by a call whose answer was lost; with what is known when its
    /// streams are locked, so that no rerating that has passed them is missed.
    /// </summary>
    public Task WriteAsync(CallBatch batch, CancellationToken cancel) => WithConnectionAsync(async connection =>
    {
        while (await Deliveries.LastLineAsync(connection, delivery.No, no, cancel) < batch.Raw.LastLine)
        {
            // by what is known by now a record may be a call of a month in which there was none
            await partitions.EnsureAsync(batch.Parts[no].Months, cancel);
            try
            {
                if (!await WritePart.TryWriteAsync(connection, batch.Parts[no], batch.Raw.LastLine, clock.GetUtcNow().UtcDateTime, cancel))
                {
                    await RateAgainAsync(batch, connection, cancel);
                }
            }
            catch (PostgresException fault) when (HasMetAnother(fault))
            {
                _expectHeld = true;
                await SetHeldApartAsync(batch, connection, cancel);
            }
        }
    }, cancel);

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync();
        }
    }

    private async Task WithConnectionAsync(Func<NpgsqlConnection, Task> step, CancellationToken cancel)
    {
        try
        {
            await step(_connection ??= await database.OpenConnectionAsync(cancel));
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// True when the server rolled the part back because of another writer: a record of it is held already, or both waited for
    /// each other. The next try sees what the other has committed.
    /// </summary>
    private static bool HasMetAnother(PostgresException fault) =>
        fault is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "idx_mt_events_event_id" }
            or { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>More is known than when the part was built.</summary>
    private async Task RateAgainAsync(CallBatch batch, NpgsqlConnection connection, CancellationToken cancel)
    {
        var known = await knowledge.CurrentAsync(connection, cancel);
        batch.Rebuild(batch.Parts[no], Parser, batch.Parts[no].Context with { Rater = known.Rater, Known = known.No }, _held);
    }

    /// <summary>
    /// Builds the part anew without what is held; true when anything was. A conflicting copy has an id of its own, so it asks again. What takes the place of a
    /// voided record may be held in another database: it went there with its contract, while the record that was voided stayed.
    /// </summary>
    private async Task<bool> SetHeldApartAsync(CallBatch batch, NpgsqlConnection connection, CancellationToken cancel)
    {
        var part = batch.Parts[no];
        _held.Clear();
        var firsts = others.Count > 0 ? part.EventIds.ToHashSet() : [];
        while (await HeldCalls.FindAsync(connection, part.EventIds, _held, others, cancel) + await FindElsewhereAsync(part.EventIds.Where(id => !firsts.Contains(id)), cancel) > 0)
        {
            batch.Rebuild(part, Parser, part.Context, _held);
        }

        return _held.Count > 0;
    }

    private async Task<int> FindElsewhereAsync(IEnumerable<Guid> replacing, CancellationToken cancel)
    {
        var (ids, found) = (others.Count > 0 ? replacing.ToList() : [], 0);
        foreach (var other in ids.Count == 0 ? [] : others)
        {
            await using var connection = await other.OpenConnectionAsync(cancel);
            found += await HeldCalls.FindAsync(connection, ids, _held, [], cancel);
        }

        return found;
    }
}
