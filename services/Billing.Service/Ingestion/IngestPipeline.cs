using System.Threading.Channels;
using Billing.Rating.Records;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>Reads and rates one batch while the one before is written.</summary>
internal sealed class IngestPipeline(
    NpgsqlDataSource database,
    KnowledgeCache knowledge,
    TimeProvider clock,
    DatabaseOutages outages,
    MonthPartitions partitions,
    Delivery delivery,
    IProgress<long>? progress)
{
    /// <summary>Rows of one transaction.</summary>
    private const int BatchRows = 60_000;

    private const int BatchBytes = 16 * 1024 * 1024;
    private const int BatchesInFlight = 2;

    /// <summary>
    /// Left to itself the collector lets what batches leave behind grow with the file before it collects everything: the buffers are
    /// large and stay. Costs a tenth of a second for half a million rows.
    /// </summary>
    private const int BatchesOfACollection = 8;

    private static readonly Dictionary<Guid, HeldCall> NothingHeld = [];

    private readonly Channel<CallBatch> _free = Channel.CreateUnbounded<CallBatch>();
    private readonly Channel<CallBatch> _ready = Channel.CreateBounded<CallBatch>(1);
    private readonly Dictionary<Guid, HeldCall> _held = [];
    private readonly ReceiptCounts _counts = new();
    private NpgsqlConnection? _connection;
    private CdrParser? _parser;
    private bool _expectHeld;
    private int _stored;

    public async Task<ReceiptCounts> RunAsync(CdrFile file, Func<CdrParser> newParser, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        for (var i = 0; i < BatchesInFlight; i++)
        {
            _free.Writer.TryWrite(new CallBatch());
        }

        var reading = Task.Run(() => ReadAsync(file, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in _ready.Reader.ReadAllAsync(cancel))
            {
                await outages.ExecuteAsync(token => partitions.EnsureAsync(batch.Months, token), cancel);
                await outages.ExecuteAsync(token => StoreAsync(batch, newParser, token), cancel);
                _counts.Add(batch.Counts);
                if (++_stored % BatchesOfACollection == 0)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                }

                progress?.Report(_counts.Rows);
                _free.Writer.TryWrite(batch);
            }

            await reading;
            return _counts;
        }
        finally
        {
            await stop.CancelAsync();
            await reading.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (_connection is not null)
            {
                await _connection.DisposeAsync();
            }

            while (_free.Reader.TryRead(out var batch))
            {
                batch.Dispose();
            }
        }
    }

    private async Task ReadAsync(CdrFile file, CancellationToken cancel)
    {
        try
        {
            while (await _free.Reader.WaitToReadAsync(cancel))
            {
                _free.Reader.TryRead(out var batch);
                if (!batch!.Raw.Fill(file.Lines, BatchRows, BatchBytes))
                {
                    batch.Dispose();
                    break;
                }

                RatingKnowledge known = null!;
                await outages.ExecuteAsync(async token => known = await knowledge.CurrentAsync(token), cancel);
                batch.Use(known.Rater, new BatchContext(delivery.No, known.No, clock.GetUtcNow().ToUnixTimeMilliseconds()));
                batch.Build(file.Parser, NothingHeld);
                await _ready.Writer.WriteAsync(batch, cancel);
            }

            _ready.Writer.Complete();
        }
        catch (Exception fault)
        {
            _ready.Writer.Complete(fault);
        }
    }

    /// <summary>Writes a batch; records that the log holds already are sorted out only when it objects, or did with the batch before.</summary>
    private async Task StoreAsync(CallBatch batch, Func<CdrParser> newParser, CancellationToken cancel)
    {
        try
        {
            var connection = await ConnectAsync(cancel);
            if (await Deliveries.LastLineAsync(connection, delivery.No, cancel) >= batch.Raw.LastLine)
            {
                return; // committed before the answer was lost
            }

            if (_expectHeld)
            {
                _expectHeld = await SetHeldApartAsync(batch, newParser, connection, cancel);
            }

            while (true)
            {
                try
                {
                    await BatchWriter.WriteAsync(connection, batch, delivery, clock.GetUtcNow().UtcDateTime, cancel);
                    return;
                }
                catch (PostgresException fault) when (HasMetAnother(fault))
                {
                    _expectHeld = true;
                    await SetHeldApartAsync(batch, newParser, connection, cancel);
                }
            }
        }
        catch
        {
            if (_connection is { } broken)
            {
                _connection = null;
                await broken.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>
    /// True when the server rolled the batch back because of another writer: a record of it is held already, or both waited for
    /// each other. The next try sees what the other has committed.
    /// </summary>
    private static bool HasMetAnother(PostgresException fault) =>
        fault is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "idx_mt_events_event_id" }
            or { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };

    /// <summary>Builds the batch anew without what is held; true when anything was. A conflicting copy has an id of its own, so it asks again.</summary>
    private async Task<bool> SetHeldApartAsync(CallBatch batch, Func<CdrParser> newParser, NpgsqlConnection connection, CancellationToken cancel)
    {
        _held.Clear();
        while (await HeldCalls.FindAsync(connection, batch.EventIds, _held, cancel) > 0)
        {
            batch.Build(_parser ??= newParser(), _held);
        }

        return _held.Count > 0;
    }

    private async Task<NpgsqlConnection> ConnectAsync(CancellationToken cancel) =>
        _connection ??= await database.OpenConnectionAsync(cancel);
}
