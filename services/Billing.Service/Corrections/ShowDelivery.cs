using Billing.Service.Ingestion;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>A file, its attempts, and what of it stands.</summary>
public sealed record DeliveredFile(IReadOnlyList<DeliveryEntry> Attempts, long Calls, long Suspended, IReadOnlyList<RollbackEffect> Standing);

/// <summary>Looks a file up.</summary>
public static class ShowDelivery
{
    /// <param name="file">SHA-256, a unique beginning of it, or a delivery number.</param>
    /// <returns>Null when there is no such file or more than one.</returns>
    public static async Task<DeliveredFile?> FindAsync(NpgsqlDataSource database, string file, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var attempts = await DeliveryList.OfFileAsync(connection, file, cancel);
        if (attempts.Count == 0)
        {
            return null;
        }

        var calls = new DeliveredCalls(connection, [.. attempts.Select(attempt => attempt.Delivery)], cancel);
        var standing = await calls.EffectsAsync();
        return new DeliveredFile(attempts, standing.Sum(effect => effect.Calls), await calls.CountSuspendedAsync(), standing);
    }
}
