using Billing.Service.Knowledge;
using Npgsql;

namespace Billing.Service.Explaining;

/// <summary>The states of knowledge that one explanation needs, each loaded once.</summary>
internal sealed class KnownAt(NpgsqlDataSource database, CancellationToken cancel)
{
    private readonly KnowledgeLoader _loader = new(database);
    private readonly Dictionary<long, RatingKnowledge> _known = [];

    public async Task<RatingKnowledge> LoadAsync(long no)
    {
        if (!_known.TryGetValue(no, out var knowledge))
        {
            _known.Add(no, knowledge = await _loader.LoadAsync(no, cancel));
        }

        return knowledge;
    }
}
