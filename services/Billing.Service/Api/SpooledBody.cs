using Microsoft.AspNetCore.Http.Features;

namespace Billing.Service.Api;

/// <summary>A file sent as a request body. It is read more than once, so it goes to the disk first; it is gone when it is closed.</summary>
internal static class SpooledBody
{
    /// <summary>The largest body taken; the disk holds it while it is read.</summary>
    private const long LargestBody = 4L << 30;

    private const int NoSpaceLeft = 28;

    public static async Task<FileStream> SaveAsync(HttpContext http, CancellationToken cancellation)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = LargestBody;
        }

        var spool = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            await http.Request.Body.CopyToAsync(spool, cancellation);
            await spool.FlushAsync(cancellation);
            spool.Position = 0;
            return spool;
        }
        catch
        {
            await spool.DisposeAsync();
            throw;
        }
    }

    public static bool IsFullDisk(IOException fault) => (fault.HResult & 0xFFFF) == NoSpaceLeft;

    /// <summary>What is answered when there is no room for the body.</summary>
    public static IResult FullDisk() =>
        Results.Problem(detail: "The disk is full; nothing was taken in.", statusCode: StatusCodes.Status507InsufficientStorage);
}
