using System.Text;

namespace Billing.Service.EventLog;

/// <summary>
/// Events on their way into <c>mt_events</c>, in order: encoded rows whose sequence number and version are filled in when
/// the streams have been locked. One buffer is one transaction's worth.
/// </summary>
public sealed class EventBuffer
{
    private readonly CopyBuffer _rows = new(1 << 20);
    private readonly List<(int Stream, int Start)> _events = [];
    private readonly List<string> _streams = [];
    private readonly List<byte[]> _streamsUtf8 = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    public int Count => _events.Count;

    internal IReadOnlyList<string> Streams => _streams;

    internal IReadOnlyList<long> Counts => _counts;

    public void Clear()
    {
        _rows.Clear();
        _events.Clear();
        _streams.Clear();
        _streamsUtf8.Clear();
        _counts.Clear();
        _indexes.Clear();
    }

    /// <summary>The number of a stream within this buffer; new streams are added.</summary>
    public int Stream(string id)
    {
        if (!_indexes.TryGetValue(id, out var index))
        {
            index = _streams.Count;
            _indexes.Add(id, index);
            _streams.Add(id);
            _streamsUtf8.Add(Encoding.UTF8.GetBytes(id));
            _counts.Add(0);
        }

        return index;
    }

    /// <param name="type">The registered alias of the event.</param>
    /// <param name="json">The event as the store's serializer writes it.</param>
    /// <param name="atMs">When it was appended, milliseconds UTC.</param>
    public void Add(int stream, Guid id, ReadOnlySpan<byte> type, ReadOnlySpan<byte> json, long atMs)
    {
        _counts[stream]++;
        _events.Add((stream, _rows.BeginRow(8)));
        _rows.BigInt(0);
        _rows.BigInt(0);
        _rows.Uuid(id);
        _rows.Text(_streamsUtf8[stream]);
        _rows.Jsonb(json);
        _rows.Text(type);
        _rows.Instant(atMs);
        _rows.Bool(false);
    }

    /// <summary>
    /// Fills in sequence numbers and versions and gives the rows stream by stream, each stream in the order of arrival: rows of
    /// one stream side by side keep the indexes and the foreign key's look-ups local.
    /// </summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Number(long[] sequence, long[] lastVersions)
    {
        const int sequenceInRow = 2 + 4;
        const int versionInRow = sequenceInRow + 8 + 4;
        foreach (var (i, position) in InStreamOrder().Select((i, position) => (i, position)))
        {
            var (stream, start) = _events[i];
            _rows.Patch(start + sequenceInRow, sequence[position]);
            _rows.Patch(start + versionInRow, ++lastVersions[stream]);
            yield return _rows.Slice(start, i + 1 < _events.Count ? _events[i + 1].Start : _rows.Length);
        }
    }

    private int[] InStreamOrder()
    {
        var next = new int[_streams.Count];
        for (int i = 0, start = 0; i < next.Length; i++)
        {
            next[i] = start;
            start += (int)_counts[i];
        }

        var order = new int[_events.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[next[_events[i].Stream]++] = i;
        }

        return order;
    }
}
