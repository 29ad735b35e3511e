namespace Billing.Service.Api.Bodies;

/// <summary>
/// How fast bodies leave the spool: those that waited there at one look and do not at the next, whichever process took them in, and those whose senders waited for this
/// one. From it follows when there is likely to be room. Not safe for use by several threads at once.
/// </summary>
internal sealed class SpoolPace(TimeProvider clock)
{
    /// <summary>A sender is never told to wait for less or for longer, in seconds.</summary>
    private const int Least = 1, Most = 60;

    /// <summary>What left earlier says nothing of now.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly Queue<Look> _looks = new();
    private Look? _latest;
    private Dictionary<string, long> _waiting = [];
    private long _bodies;
    private long _bytes;

    /// <summary>A body whose sender waited has left.</summary>
    public void Left(long bytes) => (_bodies, _bytes) = (_bodies + 1, _bytes + bytes);

    /// <summary>Tells what waits in the folder now: names and lengths.</summary>
    /// <param name="isEmpty">True when no body is there at all: what follows is measured from now on.</param>
    public void See(Dictionary<string, long> waiting, bool isEmpty = false)
    {
        foreach (var (_, length) in _waiting.Where(body => !waiting.ContainsKey(body.Key)))
        {
            Left(length);
        }

        _waiting = waiting;
        var now = clock.GetTimestamp();
        if (isEmpty)
        {
            _looks.Clear();
            _latest = null;
        }

        if (_latest is null || clock.GetElapsedTime(_latest.At, now) >= BetweenLooks)
        {
            _looks.Enqueue(_latest = new Look(now, _bodies, _bytes));
        }

        // one look from before the window stays, unless nobody has looked for long: what left since then is counted with all the time since then
        while (_looks.Count > 1 && (clock.GetElapsedTime(_looks.ElementAt(1).At, now) >= Window || clock.GetElapsedTime(_looks.Peek().At, now) >= 2 * Window))
        {
            _looks.Dequeue();
        }
    }

    /// <summary>
    /// After how many seconds so many have left, at the pace of the last minute. Where nothing has left for some time, as long again; after a start, when nothing is
    /// known, a second.
    /// </summary>
    /// <param name="bodies">How many bodies have to leave; none when it is not for their number that there is no room.</param>
    /// <param name="bytes">How many bytes have to leave.</param>
    public int SecondsUntilLeft(long bodies, long bytes)
    {
        var first = _looks.Peek();
        var elapsed = clock.GetElapsedTime(first.At).TotalSeconds;
        return (int)Math.Ceiling(Math.Clamp(Math.Max(Wait(bodies, _bodies - first.Bodies), Wait(bytes, _bytes - first.Bytes)), Least, Most));

        double Wait(long needed, long left) => needed <= 0 ? 0 : left == 0 ? elapsed : elapsed * needed / left;
    }

    /// <param name="Bodies">How many had left until then.</param>
    private sealed record Look(long At, long Bodies, long Bytes);
}
