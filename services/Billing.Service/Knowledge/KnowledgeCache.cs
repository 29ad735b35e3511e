using Npgsql;

namespace Billing.Service.Knowledge;

/// <summary>
/// Keeps the latest knowledge compiled. What is known at a number never changes, so an entry is never stale; each
/// call asks the database which number is the latest, together with its instant, lest a restored database give
/// a number a second meaning.
/// </summary>
public sealed class KnowledgeCache(NpgsqlDataSource database) : IDisposable
{
    private readonly KnowledgeLoader _loader = new(database);
    private readonly SemaphoreSlim _loading = new(1);
    private volatile Entry? _latest;

    /// <summary>What is known now.</summary>
    public async ValueTask<RatingKnowledge> CurrentAsync(CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await CurrentAsync(connection, cancellation);
    }

    /// <summary>What is known now, as the connection's transaction sees it.</summary>
    public async ValueTask<RatingKnowledge> CurrentAsync(NpgsqlConnection connection, CancellationToken cancellation = default)
    {
        var (no, knownAt) = await KnowledgeLoader.CurrentAsync(connection, cancellation);
        if (_latest is { } hit && hit.Is(no, knownAt))
        {
            return hit.Knowledge;
        }

        await _loading.WaitAsync(cancellation);
        try
        {
            if (_latest is not { } loaded || !loaded.Is(no, knownAt))
            {
                _latest = loaded = new Entry(knownAt, await _loader.LoadAsync(no, cancellation));
            }

            return loaded.Knowledge;
        }
        finally
        {
            _loading.Release();
        }
    }

    public void Dispose() => _loading.Dispose();

    private sealed record Entry(DateTime KnownAt, RatingKnowledge Knowledge)
    {
        public bool Is(long no, DateTime knownAt) => Knowledge.No == no && KnownAt == knownAt;
    }
}
