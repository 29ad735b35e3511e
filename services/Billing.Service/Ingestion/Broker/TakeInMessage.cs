using Billing.Service.Hosting;

namespace Billing.Service.Ingestion.Broker;

/// <summary>
/// Takes one message in as a file: its body goes to the spool and from there the way of every file. The same body again is answered with its first receipt.
/// </summary>
internal sealed class TakeInMessage(IngestFile ingest, BillingSettings settings)
{
    /// <returns>The receipt, when all of it is committed; or why the message can not be read, and nothing of it was taken in.</returns>
    public async Task<IngestResult> RunAsync(CdrMessage message, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        var (profile, fault) = message.FindProfile();
        if (fault is not null)
        {
            return new IngestResult(0, null, fault, WasKnown: false);
        }

        var path = Path.Combine(Directory.CreateDirectory(settings.Spool).FullName, $"{Guid.NewGuid():N}.part");
        try
        {
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                await file.WriteAsync(body, cancel);
            }

            return await ingest.RunAsync(path, message.File, progress: null, cancel, profile);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
