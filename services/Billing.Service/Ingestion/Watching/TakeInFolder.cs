using System.Runtime.CompilerServices;
using System.Text.Json;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Npgsql;

namespace Billing.Service.Ingestion.Watching;

/// <summary>What became of a file that lay in a watched folder.</summary>
/// <param name="MovedTo">Where it lies now, relative to the folder; null when it was left where it was.</param>
/// <param name="Receipt">When it was taken in; the first one when it was known.</param>
/// <param name="Refused">Why it lies in <c>failed/</c>.</param>
/// <param name="Fault">Why it was left: it is taken again later.</param>
public sealed record WatchedFile(string File, string? MovedTo, ReceiptDocument? Receipt = null, bool WasKnown = false, DocumentFault? Refused = null, Exception? Fault = null);

/// <summary>
/// Takes the complete files of a folder in and moves each to <c>done/</c> with its receipt beside it, or to <c>failed/</c> with the reason. Any number of
/// processes may watch one folder: a file is one process's as long as it holds the file's lock in the database. The file itself stays where it is until all of it
/// is committed, so of a process that dies nothing is left to tidy up: the lock ends with it, the next one takes the file and finds what is in already.
/// </summary>
public sealed class TakeInFolder(NpgsqlDataSource database, IngestFile ingest, WatchedFolder folder, TimeSpan settle, TimeProvider clock)
{
    /// <summary>Files that could not be taken in, because of the database or the disk, are tried again after so long.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    private readonly CompleteFiles _files = new(folder.Path, settle, clock);

    /// <summary>How many files lay there at the last look and still do, complete or not.</summary>
    public int Waiting => _files.Present;

    /// <summary>Looks once and takes in what is complete.</summary>
    public async IAsyncEnumerable<WatchedFile> LookAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var files = _files.Look();
        if (files.Count == 0)
        {
            yield break;
        }

        await using var guard = await FileLocks.OpenAsync(database, cancel);
        foreach (var file in files)
        {
            cancel.ThrowIfCancellationRequested();
            if (!await FileLocks.TryTakeWatchedAsync(guard, file.Name, cancel))
            {
                // another process is at it
                continue;
            }

            var taken = await TakeAsync(file, cancel);
            await FileLocks.ReleaseWatchedAsync(guard, file.Name, cancel);
            if (taken is not null)
            {
                yield return taken;
            }
        }
    }

    /// <summary>Null when it is not there any more, or not as it was: the next look sees it anew.</summary>
    private async Task<WatchedFile?> TakeAsync(FoundFile file, CancellationToken cancel)
    {
        var path = Path.Combine(folder.Path, file.Name);
        if (FoundFile.At(path) != file)
        {
            return null;
        }

        try
        {
            var (receipt, wasKnown, refused) = await IngestAsync(path, file.Name, cancel);
            if (FoundFile.At(path) != file)
            {
                return null;
            }

            var movedTo = receipt is not null
                ? Move(path, "done", "receipt", JsonSerializer.SerializeToUtf8Bytes(receipt, BillingJson.Indented))
                : Move(path, "failed", "reason", JsonSerializer.SerializeToUtf8Bytes(new FailedFile(file.Name, refused!.Path, refused.Reason), BillingStore.Json));
            _files.Forget(file);
            return new WatchedFile(file.Name, movedTo, receipt, wasKnown, refused);
        }
        catch (FileNotFoundException) when (!File.Exists(path))
        {
            return null;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _files.Rest(file, Rest);
            return new WatchedFile(file.Name, null, Fault: fault);
        }
    }

    private async Task<(ReceiptDocument? Receipt, bool WasKnown, DocumentFault? Refused)> IngestAsync(string path, string name, CancellationToken cancel)
    {
        try
        {
            var result = await ingest.RunAsync(path, name, progress: null, cancel, folder.Profile);
            return (result.Receipt, result.WasKnown, result.Refused);
        }
        catch (UnauthorizedAccessException)
        {
            return (null, false, new DocumentFault("content", "this account may not read the file"));
        }
    }

    /// <summary>Writes what is to lie beside the file, then moves it there: a file in <c>done/</c> has its receipt. No file of an earlier time is replaced.</summary>
    /// <returns>Where it lies, relative to the folder.</returns>
    private string Move(string path, string to, string what, ReadOnlySpan<byte> document)
    {
        var target = Directory.CreateDirectory(Path.Combine(folder.Path, to)).FullName;
        var name = Path.GetFileName(path);
        for (var no = 2; File.Exists(Path.Combine(target, name)); no++)
        {
            name = $"{Path.GetFileName(path)}.{no}";
        }

        var beside = Path.Combine(target, $"{name}.{what}.json");
        using (var file = new FileStream($"{beside}.tmp", FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(document);
            file.WriteByte((byte)'\n');
            file.Flush(flushToDisk: true);
        }

        File.Move($"{beside}.tmp", beside, overwrite: true);
        File.Move(path, Path.Combine(target, name));
        return Path.Combine(to, name);
    }

    private sealed record FailedFile(string File, string Path, string Reason);
}
