using Billing.Contracts.Json;
using Billing.Service.Hosting;
using Npgsql;

namespace Billing.Service.Ingestion.Broker;

/// <summary>
/// Takes a message in, however often it takes: while the database or the disk is away it is kept and tried again. What can not be read, or fails again and again though
/// all is there, is put aside with its reason.
/// </summary>
internal sealed partial class HoldMessage(TakeInMessage takeIn, TimeProvider time, ILogger<HoldMessage> log)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    /// <summary>So often a message is tried that fails though the database and the disk are there.</summary>
    private const int MostOwnFaults = 3;

    /// <param name="putAside">Puts the message aside with its reason; done when it lies there.</param>
    /// <param name="lost">The message is not this process's any more.</param>
    /// <param name="stop">Ends what is at work.</param>
    /// <returns>True when all of it is committed, or it lies aside; false when it was lost before.</returns>
    public async Task<bool> RunAsync(CdrMessage message, ReadOnlyMemory<byte> body, Func<DocumentFault, Task> putAside, CancellationToken lost, CancellationToken stop)
    {
        var pause = FirstPause;
        for (var ownFaults = 0; !lost.IsCancellationRequested;)
        {
            try
            {
                var result = await takeIn.RunAsync(message, body, stop);
                if (result.Refused is { } reason)
                {
                    await PutAsideAsync(message, reason, putAside);
                }
                else
                {
                    TakenIn(log, message.File, result.Receipt!.Rows, result.WasKnown);
                }

                return true;
            }
            catch (Exception fault) when (!lost.IsCancellationRequested)
            {
                ownFaults += IsSurroundings(fault) ? 0 : 1;
                Held(log, fault, message.File, pause.TotalSeconds);
                if (ownFaults == MostOwnFaults && await TryPutAsideAsync(message, fault, putAside))
                {
                    return true;
                }
            }
            catch (Exception)
            {
                return false;
            }

            await Task.Delay(pause, time, lost).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }

        return false;
    }

    private async Task PutAsideAsync(CdrMessage message, DocumentFault reason, Func<DocumentFault, Task> putAside)
    {
        await putAside(reason);
        PutAside(log, message.File, reason.Path, reason.Reason);
    }

    private async Task<bool> TryPutAsideAsync(CdrMessage message, Exception fault, Func<DocumentFault, Task> putAside)
    {
        try
        {
            // its text may hold what the message says
            await PutAsideAsync(message, new DocumentFault("service", $"it failed with {fault.GetType().Name}, {MostOwnFaults} times"), putAside);
            return true;
        }
        catch (Exception again) when (again is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>True when it is the database, the disk or the broker that fails and not what the message says.</summary>
    private static bool IsSurroundings(Exception fault)
    {
        if (BillingHost.IsContention(fault))
        {
            return true;
        }

        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is PostgresException { SqlState: ['2', '2' or '3', ..] })
            {
                // a value or a constraint
                return false;
            }

            if (inner is NpgsqlException or IOException or UnauthorizedAccessException or ObjectDisposedException or TimeoutException)
            {
                return true;
            }
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{File}: {Rows} rows are taken in from a message (taken in before: {WasKnown})")]
    private static partial void TakenIn(ILogger log, string file, long rows, bool wasKnown);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The message {File} can not be read: {Where}: {Reason}; it lies aside")]
    private static partial void PutAside(ILogger log, string file, string where, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The message {File} could not be taken in; it is kept and tried again in {Seconds} s")]
    private static partial void Held(ILogger log, Exception fault, string file, double seconds);
}
