namespace Billing.Service.Offline;

/// <summary>Files that appear together or not at all: written beside their names, put in place when all of them are whole.</summary>
internal sealed class OutputFiles(string folder) : IDisposable
{
    private const string Partial = ".partial";

    private readonly List<string> _paths = [];

    /// <summary>Begins a file; the caller closes it.</summary>
    public Stream Create(string name)
    {
        var path = Path.Combine(folder, name);
        _paths.Add(path);
        return new FileStream(path + Partial, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 1);
    }

    /// <summary>Puts all files in place.</summary>
    public void Complete()
    {
        foreach (var path in _paths)
        {
            File.Move(path + Partial, path, overwrite: true);
        }

        _paths.Clear();
    }

    /// <summary>Deletes what was not completed.</summary>
    public void Dispose() => _paths.ForEach(path => File.Delete(path + Partial));
}
