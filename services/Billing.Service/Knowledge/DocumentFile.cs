using Billing.Contracts.Json;
using Billing.Service.Ingestion;

namespace Billing.Service.Knowledge;

/// <summary>A document given to a command as a file.</summary>
internal static class DocumentFile
{
    /// <summary>The document in the file, or null after saying on standard error what is wrong with it and where.</summary>
    /// <param name="path">The file; - for standard input.</param>
    public static async Task<T?> ReadAsync<T>(string path, CancellationToken cancellation)
        where T : class
    {
        var (document, fault) = DocumentReader.Read<T>(await BytesAsync(path, cancellation));
        if (fault is not null)
        {
            Refuse(path, fault);
        }

        return document;
    }

    /// <summary>Says what is wrong with a file and where.</summary>
    public static void Refuse(string path, DocumentFault fault) => Console.Error.WriteLine($"billing: {path}: {fault}");

    /// <summary>What is in the file; - for standard input.</summary>
    public static async Task<byte[]> BytesAsync(string path, CancellationToken cancellation)
    {
        if (path != "-")
        {
            return InputFile.ReadAll(path);
        }

        using var bytes = new MemoryStream();
        await using var input = Console.OpenStandardInput();
        await input.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }
}
