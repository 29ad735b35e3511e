using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;

namespace Billing.Service.Api.Bodies;

/// <summary>A file sent as a request body. It is read more than once, so it goes to the disk first; it is gone when it is closed, unless it is kept.</summary>
internal sealed class SpooledBody : IAsyncDisposable
{
    /// <summary>The largest body taken; the disk holds it while it is read.</summary>
    private const long LargestBody = 4L << 30;

    private const int NoSpaceLeft = 28;

    private SpooledBody(string path) => Path = path;

    public string Path { get; private set; }

    public long Length { get; private set; }

    /// <summary>The SHA-256 of the bytes as sent, in lower-case hexadecimal.</summary>
    public string Sha256 { get; private set; } = "";

    /// <param name="folder">Where it is kept; the machine's temporary folder when null.</param>
    public static async Task<SpooledBody> SaveAsync(HttpContext http, string? folder, CancellationToken cancellation)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestBody;
        }

        folder ??= System.IO.Path.GetTempPath();
        Directory.CreateDirectory(folder);
        var spool = new SpooledBody(System.IO.Path.Combine(folder, $"{Guid.NewGuid():N}.part"));
        try
        {
            await spool.CopyAsync(http.Request.Body, cancellation);
            return spool;
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens it for reading from its beginning.</summary>
    public FileStream OpenRead() => new(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Keeps the file under a name of its own; somebody else deletes it.</summary>
    public void KeepAs(string path)
    {
        File.Move(Path, path, overwrite: true);
        Path = "";
    }

    public ValueTask DisposeAsync()
    {
        if (Path.Length > 0)
        {
            File.Delete(Path);
        }

        return ValueTask.CompletedTask;
    }

    public static bool IsFullDisk(IOException fault) => (fault.HResult & 0xFFFF) == NoSpaceLeft;

    /// <summary>What is answered when there is no room for the body.</summary>
    public static IResult FullDisk() =>
        Results.Problem(detail: "The disk is full; nothing was taken in.", statusCode: StatusCodes.Status507InsufficientStorage);

    private async Task CopyAsync(Stream body, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            await using var file = new FileStream(Path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            int read;
            while ((read = await body.ReadAsync(buffer, cancellation)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                Length += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
