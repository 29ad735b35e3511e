namespace Billing.Service.Ingestion;

/// <summary>Files that are read, with a clear word for what is no file.</summary>
internal static class InputFile
{
    /// <exception cref="IOException">There is no such file, it is a directory, or it can not be read.</exception>
    public static FileStream Open(string path) =>
        Directory.Exists(path)
            ? throw new IOException($"{path} is a directory, not a file")
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);

    /// <inheritdoc cref="Open"/>
    public static byte[] ReadAll(string path)
    {
        using var file = Open(path);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
