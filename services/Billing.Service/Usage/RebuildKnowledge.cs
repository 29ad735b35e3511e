using Billing.Rating.Calls;
using Billing.Service.Knowledge;

namespace Billing.Service.Usage;

/// <summary>What was known at the numbers that events name; the latest few are kept.</summary>
/// <param name="loaded">A state that is loaded already.</param>
internal sealed class RebuildKnowledge(KnowledgeLoader loader, RatingKnowledge? loaded = null)
{
    private const int Kept = 4;

    private readonly Lock _lock = new();
    private readonly List<(long No, Lazy<RatingKnowledge> Known)> _latest = loaded is null ? [] : [(loaded.No, new Lazy<RatingKnowledge>(loaded))];

    /// <summary>What calls were rated with at a number.</summary>
    public CallRater RaterAt(long no) => At(no).Rater;

    /// <summary>Waits until it is loaded; another thread that asks for the same number waits too.</summary>
    public RatingKnowledge At(long no)
    {
        Lazy<RatingKnowledge> known;
        lock (_lock)
        {
            var index = _latest.FindIndex(entry => entry.No == no);
            if (index < 0)
            {
                _latest.Insert(0, (no, new Lazy<RatingKnowledge>(() => loader.LoadAsync(no).GetAwaiter().GetResult())));
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

            known = _latest[0].Known;
        }

        return known.Value;
    }
}
