using Billing.Service.Knowledge;
using Npgsql;

namespace Billing.Service.Explaining;

/// <summary>The states of knowledge that one explanation needs, each loaded once.</summary>
/// <param name="kept">The states that a process keeps; null: they are loaded for this explanation.</param>
internal sealed class KnownAt(NpgsqlDataSource database, CancellationToken cancel, KnowledgeCache? kept = null)
{
    private readonly KnowledgeLoader _loader = new(database);
    private readonly Dictionary<long, RatingKnowledge> _known = [];

    public async Task<RatingKnowledge> LoadAsync(long no)
    {
        if (!_known.TryGetValue(no, out var knowledge))
        {
            _known.Add(no, knowledge = await (kept is null ? _loader.LoadAsync(no, cancel) : kept.AtAsync(no, cancel).AsTask()));
        }

        return knowledge;
    }
}
