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

    private readonly SpoolRoom.Place? _place;

    private SpooledBody(string path, SpoolRoom.Place? place) => (Path, _place) = (path, place);

    public string Path { get; private set; }

    public long Length { get; private set; }

    /// <summary>The SHA-256 of the bytes as sent, in lower-case hexadecimal.</summary>
    public string Sha256 { get; private set; } = "";

    /// <summary>Saves the body of a request in the machine's temporary folder.</summary>
    public static async Task<SpooledBody> SaveAsync(HttpContext http, CancellationToken cancellation) =>
        (await SaveAsync(http, System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"{Guid.NewGuid():N}.part"), null, cancellation)).Body!;

    /// <summary>Saves the body where there is room for it; what to answer when there is not.</summary>
    public static Task<(SpooledBody? Body, IResult? Wrong)> SaveAsync(HttpContext http, SpoolRoom.Place place, CancellationToken cancellation) =>
        SaveAsync(http, place.File, place, cancellation);

    private static async Task<(SpooledBody? Body, IResult? Wrong)> SaveAsync(HttpContext http, string path, SpoolRoom.Place? place, CancellationToken cancellation)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestBody;
        }

        var spool = new SpooledBody(path, place);
        IResult? wrong;
        try
        {
            wrong = await spool.CopyAsync(http.Request.Body, cancellation);
        }
        catch (IOException fault) when (place is not null && IsFullDisk(fault))
        {
            wrong = FullDisk();
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }

        if (wrong is null)
        {
            return (spool, null);
        }

        await spool.DisposeAsync();
        await ReadAwayAsync(http.Request.Body, cancellation);
        return (null, wrong);
    }

    /// <summary>A sender that is at it reads no answer before its last byte is taken from it.</summary>
    private static async Task ReadAwayAsync(Stream body, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            while (await body.ReadAsync(buffer, cancellation) > 0)
            {
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Opens it for reading from its beginning.</summary>
    public FileStream OpenRead() => new(Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);

    /// <summary>Keeps the file, which has a place in the spool, under a name of its own there; somebody else deletes it.</summary>
    public void KeepAs(string path)
    {
        _place!.KeepAs(path);
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

    /// <summary>Null when all of it is here.</summary>
    private async Task<IResult?> CopyAsync(Stream body, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 16);
        try
        {
            await using var file = new FileStream(Path, _place is null ? FileMode.Create : FileMode.Open, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
            int read;
            while ((read = await body.ReadAsync(buffer, cancellation)) > 0)
            {
                if (_place?.Grow(file, Length + read) is { } wrong)
                {
                    return wrong;
                }

                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                Length += read;
            }

            _place?.Complete(file);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        return null;
    }
}
