using System.Threading.Channels;
using Billing.Formats.Containers;
using Billing.Rating.Records;
using Billing.Service.Hosting;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>Reads and rates one batch while the parts of the one before are written side by side.</summary>
/// <param name="alwaysLook">True: records that are held are looked for before a batch is written, not only when the log objects.</param>
/// <param name="part">What of the file belongs to this database; null where nothing is spread.</param>
internal sealed class IngestPipeline(
    NpgsqlDataSource database,
    KnowledgeCache knowledge,
    TimeProvider clock,
    DatabaseOutages outages,
    MonthPartitions partitions,
    Delivery delivery,
    Func<CdrParser> newParser,
    bool alwaysLook,
    IProgress<long>? progress,
    FilePart? part = null)
{
    /// <summary>Rows of a batch; each of its parts is a transaction.</summary>
    private const int BatchRows = 60_000;

    private const int BatchBytes = 16 * 1024 * 1024;
    private const int BatchesInFlight = 2;

    /// <summary>
    /// Left to itself the collector lets what batches leave behind grow with the file before it collects everything: the buffers are
    /// large and stay. Costs a tenth of a second for half a million rows.
    /// </summary>
    private const int BatchesOfACollection = 8;

    private readonly Channel<CallBatch> _free = Channel.CreateUnbounded<CallBatch>();
    private readonly Channel<CallBatch> _ready = Channel.CreateBounded<CallBatch>(1);
    private readonly PartWriter[] _writers = [.. Enumerable.Range(0, CallBatch.PartCount).Select(no => new PartWriter(no, alwaysLook, database, partitions, part?.Others ?? [], knowledge, clock, delivery, newParser))];
    private readonly ReceiptCounts _counts = new();
    private int _stored;

    public async Task<ReceiptCounts> RunAsync(ICdrLines lines, CdrParser parser, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        for (var i = 0; i < BatchesInFlight; i++)
        {
            _free.Writer.TryWrite(new CallBatch());
        }

        var reading = Task.Run(() => ReadAsync(lines, parser, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in _ready.Reader.ReadAllAsync(cancel))
            {
                await WriteAsync(batch, cancel);

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
            foreach (var writer in _writers)
            {
                await writer.DisposeAsync();
            }

            while (_free.Reader.TryRead(out var batch))
            {
                batch.Dispose();
            }
        }
    }

    private async Task WriteAsync(CallBatch batch, CancellationToken cancel)
    {
        using var span = Telemetry.Source.StartActivity("write batch");
        span?.SetTag("billing.delivery", delivery.No).SetTag("billing.first_line", batch.Raw[0].Number).SetTag("billing.last_line", batch.Raw[batch.Raw.Count - 1].Number);
        var began = clock.GetTimestamp();
        await Task.WhenAll(_writers.Select(writer => outages.ExecuteAsync(token => writer.LookAsync(batch, token), cancel)));
        await Task.WhenAll(_writers.Select(writer => outages.ExecuteAsync(token => writer.WriteAsync(batch, token), cancel)));
        Telemetry.BatchTime.Record(clock.GetElapsedTime(began).TotalSeconds);
        foreach (var part in batch.Parts)
        {
            _counts.Add(part.Counts);
            part.Counts.Tell();
        }
    }

    private async Task ReadAsync(ICdrLines lines, CdrParser parser, CancellationToken cancel)
    {
        try
        {
            while (await _free.Reader.WaitToReadAsync(cancel))
            {
                _free.Reader.TryRead(out var batch);
                if (!batch!.Raw.Fill(lines, BatchRows, BatchBytes))
                {
                    batch.Dispose();
                    break;
                }

                RatingKnowledge known = null!;
                await outages.ExecuteAsync(async token => known = await knowledge.CurrentAsync(token), cancel);
                batch.Build(parser, new BatchContext(delivery.No, known.Rater, known.No, clock.GetUtcNow().ToUnixTimeMilliseconds(), delivery.Profile, part));
                await _ready.Writer.WriteAsync(batch, cancel);
            }

            _ready.Writer.Complete();
        }
        catch (Exception fault)
        {
            _ready.Writer.Complete(fault);
        }
    }
}
