using Npgsql;

namespace Billing.Service.Ingestion.Watching;

/// <summary>While the service runs: takes in what appears in the watched folders. Several servers may watch the same ones.</summary>
internal sealed partial class WatchFolders(NpgsqlDataSource database, IngestFile ingest, WatchSettings settings, TimeProvider clock, ILogger<WatchFolders> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(settings.Folders.Select(folder => WatchAsync(folder, stoppingToken)));

    private async Task WatchAsync(WatchedFolder watched, CancellationToken cancel)
    {
        var folder = new TakeInFolder(database, ingest, watched, settings.Settle, clock);
        var gaps = new NewlyMissingFiles(database);
        using var timer = new PeriodicTimer(settings.Every, clock);
        do
        {
            try
            {
                var taken = 0;
                await foreach (var file in folder.LookAsync(cancel))
                {
                    Tell(file);
                    taken++;
                }

                foreach (var gap in await gaps.FindAsync(taken > 0, folder.Waiting, cancel))
                {
                    Missing(log, gap.Count, gap.First, gap.Last);
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // nothing is lost: the files still lie there, and the next look finds them
                LookFailed(log, fault, watched.Path);
            }
        }
        while (await timer.WaitForNextTickAsync(cancel));
    }

    private void Tell(WatchedFile file)
    {
        switch (file)
        {
            case { Receipt: { } receipt }:
                Done(log, file.File, receipt.Rows, file.MovedTo!);
                break;
            case { Refused: { } refused }:
                Refused(log, file.File, refused.Path, refused.Reason, file.MovedTo!);
                break;
            default:
                Left(log, file.Fault!, file.File);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{File}: {Rows} rows are taken in; it lies in {MovedTo}")]
    private static partial void Done(ILogger log, string file, long rows, string movedTo);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{File} is refused: {Where}: {Reason}; it lies in {MovedTo}")]
    private static partial void Refused(ILogger log, string file, string where, string reason, string movedTo);

    [LoggerMessage(Level = LogLevel.Error, Message = "{File} could not be taken in; it still lies there and is taken again")]
    private static partial void Left(ILogger log, Exception fault, string file);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} files are missing by their numbers: {First} to {Last}")]
    private static partial void Missing(ILogger log, long count, string first, string last);

    [LoggerMessage(Level = LogLevel.Error, Message = "The folder {Folder} could not be looked into; the next look comes")]
    private static partial void LookFailed(ILogger log, Exception fault, string folder);
}
