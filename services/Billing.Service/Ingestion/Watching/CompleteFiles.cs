namespace Billing.Service.Ingestion.Watching;

/// <summary>A file as a look finds it.</summary>
internal sealed record FoundFile(string Name, long Length, DateTime WrittenAt)
{
    public static FoundFile? At(string path) => Of(new FileInfo(path));

    /// <summary>Null when it has gone meanwhile.</summary>
    public static FoundFile? Of(FileInfo file) => file.Exists ? new FoundFile(file.Name, file.Length, file.LastWriteTimeUtc) : null;
}

/// <summary>
/// Tells which files of a folder are complete: those whose size and time have stayed the same for long enough from look to look. Names that programs give
/// to files they are still writing are no files yet.
/// </summary>
internal sealed class CompleteFiles(string folder, TimeSpan settle, TimeProvider clock)
{
    private static readonly string[] UnfinishedEndings = [".tmp", ".temp", ".part", ".partial", ".filepart", ".writing", ".crdownload", "~"];

    private Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>How many files are there, complete or not.</summary>
    public int Present => _seen.Count;

    /// <summary>Looks into the folder; the complete files, the oldest first.</summary>
    public IReadOnlyList<FoundFile> Look()
    {
        var now = clock.GetTimestamp();
        var seen = new Dictionary<string, Seen>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(folder).EnumerateFiles().Where(file => IsFinished(file.Name)))
        {
            if (FoundFile.Of(file) is { } found)
            {
                seen[found.Name] = _seen.TryGetValue(found.Name, out var earlier) && earlier.File == found ? earlier : new Seen(found, now);
            }
        }

        _seen = seen;
        return [.. seen.Values.Where(x => clock.GetElapsedTime(x.Since, now) >= settle).Select(x => x.File).OrderBy(x => x.WrittenAt).ThenBy(x => x.Name, StringComparer.Ordinal)];
    }

    /// <summary>A file that could not be taken in is left alone for a while.</summary>
    public void Rest(FoundFile file, TimeSpan time) =>
        _seen[file.Name] = new Seen(file, clock.GetTimestamp() + (long)((time - settle).TotalSeconds * clock.TimestampFrequency));

    /// <summary>A file that was taken in is not there any more.</summary>
    public void Forget(FoundFile file) => _seen.Remove(file.Name);

    private static bool IsFinished(string name) => name[0] != '.' && !UnfinishedEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    /// <param name="Since">The time from which on it has been the same.</param>
    private sealed record Seen(FoundFile File, long Since);
}
