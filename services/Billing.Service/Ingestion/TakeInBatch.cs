using Billing.Service.Hosting;
using NodaTime;
using Npgsql;
using Wolverine.Attributes;

namespace Billing.Service.Ingestion;

/// <summary>Takes a large batch in behind the answer to its sender. Doing it again does no harm: the file is known by its bytes.</summary>
[MessageIdentity("take_in_batch")]
public sealed record TakeInBatch(Guid Batch);

public static class TakeInBatchHandler
{
    private const int SixHours = 6 * 3600;

    [MessageTimeout(SixHours)]
    public static async Task Handle(TakeInBatch message, NpgsqlDataSource database, IngestFile ingest, BillingSettings settings, IClock clock, CancellationToken cancel)
    {
        var path = BatchSpool.PathOf(settings, message.Batch);
        if (await BatchReceipts.FindAsync(database, message.Batch, cancel) is not { State: BatchReceipt.Accepted or BatchReceipt.Failed } batch)
        {
            // it was finished by a process that ended before it could tidy up
            File.Delete(path);
            return;
        }

        if (!File.Exists(path))
        {
            await BatchReceipts.FailAsync(database, batch.Id, "the body is not here any more; send it again", clock.GetCurrentInstant(), cancel);
            return;
        }

        try
        {
            var (profile, fault) = batch.FindProfile();
            var result = fault is null ? await ingest.RunAsync(path, batch.File, progress: null, cancel, profile) : new IngestResult(0, null, fault, WasKnown: false);
            await BatchReceipts.FinishAsync(database, batch.Id, result, clock.GetCurrentInstant(), cancel);
        }
        catch (Exception fault) when (fault is not OperationCanceledException && !BillingHost.IsContention(fault))
        {
            // the message goes to the dead letters and can be replayed from there; the body stays until then
            await BatchReceipts.FailAsync(database, batch.Id, "it could not be taken in to its end; what was is kept, send it again", clock.GetCurrentInstant(), CancellationToken.None);
            throw;
        }

        File.Delete(path);
    }
}

/// <summary>Where bodies wait that are taken in behind their answer.</summary>
internal static class BatchSpool
{
    /// <summary>What their names end with.</summary>
    public const string Ending = ".cdr";

    public static string PathOf(BillingSettings settings, Guid batch) => Path.Combine(settings.Spool, $"{batch:N}{Ending}");
}
