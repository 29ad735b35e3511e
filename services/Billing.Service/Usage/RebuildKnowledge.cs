using Billing.Rating.Calls;
using Billing.Service.Knowledge;

namespace Billing.Service.Usage;

/// <summary>What was known at the numbers that events name; the latest few are kept.</summary>
internal sealed class RebuildKnowledge(KnowledgeLoader loader)
{
    private const int Kept = 4;

    private readonly Lock _lock = new();
    private readonly List<(long No, Lazy<CallRater> Rater)> _latest = [];

    /// <summary>Waits until it is loaded; another thread that asks for the same number waits too.</summary>
    public CallRater RaterAt(long no)
    {
        Lazy<CallRater> rater;
        lock (_lock)
        {
            var index = _latest.FindIndex(entry => entry.No == no);
            if (index < 0)
            {
                _latest.Insert(0, (no, new Lazy<CallRater>(() => loader.LoadAsync(no).GetAwaiter().GetResult().Rater)));
                if (_latest.Count > Kept)
                {
                    _latest.RemoveAt(Kept);
                }
            }
            else if (index > 0)
            {
                var entry = _latest[index];
                _latest.RemoveAt(index);
                _latest.Insert(0, entry);
            }

            rater = _latest[0].Rater;
        }

        return rater.Value;
    }
}
