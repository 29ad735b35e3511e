namespace Billing.Formats.Joining;

/// <summary>
/// Finds the other half of a call, in any order and from any file. Memory is bounded by the calls that are open at a time, not by the file.
/// </summary>
internal sealed class HalfJoiner
{
    /// <summary>More open calls than a carrier has at a time: the key of the profile is wrong.</summary>
    public const int MostOpen = 1_000_000;

    private const int AskAtOnce = 10_000;

    private readonly Dictionary<(string Role, string Key), (CallHalf Half, bool IsEarlier)> _open = [];
    private readonly EarlierHalves _earlier;

    public HalfJoiner(EarlierHalves earlier)
    {
        _earlier = earlier;
        foreach (var half in earlier.Waiting)
        {
            _open[(half.Role, half.Key)] = (half, true);
        }
    }

    /// <summary>What a half meets.</summary>
    public enum Meeting
    {
        /// <summary>Nothing yet; it is kept.</summary>
        Nothing,

        /// <summary>Its other half.</summary>
        Other,

        /// <summary>Itself.</summary>
        Itself,

        /// <summary>The same role of the same call with another content, such as an INVITE within a call.</summary>
        Repeated,
    }

    /// <summary>Takes a half. The other one, if it meets it, leaves.</summary>
    /// <exception cref="InvalidDataException">More calls are open than can be.</exception>
    public Meeting Take(CallHalf half, out CallHalf other, out bool isOtherEarlier)
    {
        if (_open.Remove((half.OtherRole, half.Key), out var met))
        {
            (other, isOtherEarlier) = met;
            if (isOtherEarlier)
            {
                _earlier.OtherCame(other);
            }

            return Meeting.Other;
        }

        (other, isOtherEarlier) = (half, false);
        if (_open.TryGetValue((half.Role, half.Key), out var same))
        {
            return same.Half.IsSameAs(half) ? Meeting.Itself : Meeting.Repeated;
        }

        if (_open.Count == MostOpen)
        {
            throw new InvalidDataException($"line {half.Line}: more than {MostOpen:N0} calls wait for their other half");
        }

        _open.Add((half.Role, half.Key), (half, false));
        return Meeting.Nothing;
    }

    /// <summary>The halves of this file that met nothing, in the order of their lines, and whether they came before.</summary>
    public IEnumerable<(CallHalf Half, bool CameBefore)> Leave()
    {
        foreach (var halves in _open.Values.Where(open => !open.IsEarlier).Select(open => open.Half).OrderBy(half => half.Line).Chunk(AskAtOnce))
        {
            var known = _earlier.Known([.. halves.Select(half => half.Id)]);
            foreach (var half in halves)
            {
                yield return (half, known.Contains(half.Id));
            }
        }
    }
}
