using Npgsql;

namespace Billing.Service.Knowledge;

/// <summary>
/// Keeps the latest knowledge compiled, and a few earlier states that were asked for last. What is known at a number never changes, so an entry
/// is never stale; each call asks the database for the instant of its number, lest a restored database give a number a second meaning.
/// </summary>
public sealed class KnowledgeCache(NpgsqlDataSource database) : IDisposable
{
    /// <summary>Earlier states that are kept: whoever looks at calls one after the other comes back to the same ones.</summary>
    private const int Earlier = 4;

    private readonly KnowledgeLoader _loader = new(database);
    private readonly SemaphoreSlim _loading = new(1);
    private readonly LinkedList<Entry> _earlier = [];
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

    /// <summary>What was known at a number.</summary>
    public async ValueTask<RatingKnowledge> AtAsync(long no, CancellationToken cancellation = default)
    {
        await using var command = database.CreateCommand($"select known_at from {BillingStore.Schema}.knowledge_log where no = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = no });
        if (await command.ExecuteScalarAsync(cancellation) is not DateTime knownAt)
        {
            return await _loader.LoadAsync(no, cancellation);
        }

        if (_latest is { } latest && latest.Is(no, knownAt))
        {
            return latest.Knowledge;
        }

        await _loading.WaitAsync(cancellation);
        try
        {
            var entry = _earlier.FirstOrDefault(kept => kept.Is(no, knownAt)) ?? new Entry(knownAt, await _loader.LoadAsync(no, cancellation));
            _earlier.Remove(entry);
            _earlier.AddFirst(entry);
            if (_earlier.Count > Earlier)
            {
                _earlier.RemoveLast();
            }

            return entry.Knowledge;
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
