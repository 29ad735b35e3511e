namespace Billing.Formats.Joining;

/// <summary>What a half or part meets.</summary>
internal enum Meeting
{
    /// <summary>Nothing that makes a call of it; it is kept.</summary>
    Nothing,

    /// <summary>All others of its call.</summary>
    Others,

    /// <summary>Itself.</summary>
    Itself,

    /// <summary>The same place of the same call with another content, such as an INVITE within a call.</summary>
    Repeated,
}

/// <summary>
/// Finds the rows of a call, in any order and from any file. Memory is bounded by the calls that are open at a time, not by the file; of calls that
/// were made of parts an id and a digest of each part are kept.
/// </summary>
internal sealed class HalfJoiner
{
    /// <summary>More open calls than a carrier has at a time: the key of the profile is wrong.</summary>
    public const int MostOpen = 1_000_000;

    private const int AskAtOnce = 10_000;

    private readonly Dictionary<string, List<(CallHalf Half, bool IsEarlier)>> _open = [];
    private readonly Dictionary<Guid, Guid> _made = [];
    private readonly EarlierHalves _earlier;
    private readonly PartRule? _parts;
    private int _count;

    public HalfJoiner(EarlierHalves earlier, PartRule? parts)
    {
        _earlier = earlier;
        _parts = parts;
        foreach (var half in earlier.Waiting)
        {
            Remove(half);
            Add(half, isEarlier: true);
        }
    }

    /// <summary>Takes a half. When its call is whole, all of it leaves, in the order of the places.</summary>
    /// <exception cref="InvalidDataException">More calls are open than can be.</exception>
    public Meeting Take(CallHalf half, out IReadOnlyList<(CallHalf Half, bool IsEarlier)> call)
    {
        call = [];
        if (_made.TryGetValue(half.Id, out var content))
        {
            return content == half.Content ? Meeting.Itself : Meeting.Repeated;
        }

        if (_open.GetValueOrDefault(half.Key) is { } before && before.Find(one => one.Half.Place.From == half.Place.From).Half is { } same)
        {
            if (!IsWhole(before))
            {
                return same.IsSameAs(half) ? Meeting.Itself : Meeting.Repeated;
            }

            // a file that was rolled back left both rows of a call waiting: this one stands for its copy
            Remove(same);
        }

        var open = Add(half, isEarlier: false);
        if (!IsWhole(open))
        {
            return _count <= MostOpen ? Meeting.Nothing : throw new InvalidDataException($"line {half.Line}: more than {MostOpen:N0} calls wait for their other half");
        }

        _open.Remove(half.Key);
        _count -= open.Count;
        foreach (var (one, isEarlier) in open)
        {
            if (isEarlier)
            {
                _earlier.OtherCame(one);
            }

            if (_parts is not null && open.Count > 1)
            {
                _made[one.Id] = one.Content;
            }
        }

        call = open;
        return Meeting.Others;
    }

    /// <summary>The halves of this file whose calls are not whole, in the order of their lines, and whether they came before.</summary>
    public IEnumerable<(CallHalf Half, Meeting Met)> Leave()
    {
        var left = _open.Values.SelectMany(open => open).Where(open => !open.IsEarlier).Select(open => open.Half).OrderBy(half => half.Line);
        foreach (var halves in left.Chunk(AskAtOnce))
        {
            var known = _earlier.Known([.. halves.Select(half => half.Id)]);
            foreach (var half in halves)
            {
                if (known.TryGetValue(half.Id, out var before))
                {
                    yield return (half, _parts is null || before.IsSameAs(half) ? Meeting.Itself : Meeting.Repeated);
                    continue;
                }

                if (_parts is not null)
                {
                    // what was suspended without it is whole again as far as it goes, and waits together with it
                    _open[half.Key].ForEach(one => TellEarlier(one.Half, one.IsEarlier));
                }

                yield return (half, Meeting.Nothing);
            }
        }
    }

    private void TellEarlier(CallHalf half, bool isEarlier)
    {
        if (isEarlier)
        {
            _earlier.OtherCame(half);
        }
    }

    /// <summary>True when these, in the order of their places, are all of a call: one first, one last, and each goes on where the one before ends.</summary>
    private bool IsWhole(List<(CallHalf Half, bool IsEarlier)> halves)
    {
        var isWhole = halves[0].Half.Place.IsFirst && halves[^1].Half.Place.IsLast;
        for (var i = 1; i < halves.Count && isWhole; i++)
        {
            isWhole = halves[i - 1].Half.Place.GoesOnWith(halves[i].Half.Place, _parts?.ToleranceMs ?? 0);
        }

        return isWhole;
    }

    /// <summary>Takes away what stands at the place of a half.</summary>
    private void Remove(CallHalf half) => _count -= _open.GetValueOrDefault(half.Key)?.RemoveAll(one => one.Half.Place.From == half.Place.From) ?? 0;

    private List<(CallHalf Half, bool IsEarlier)> Add(CallHalf half, bool isEarlier)
    {
        if (!_open.TryGetValue(half.Key, out var open))
        {
            _open.Add(half.Key, open = []);
        }

        var behind = open.FindIndex(one => one.Half.Place.From > half.Place.From);
        open.Insert(behind < 0 ? open.Count : behind, (half, isEarlier));
        _count++;
        return open;
    }
}
