using System.Text;

namespace Billing.Service.EventLog;

/// <summary>
/// Events on their way into <c>mt_events</c>, in order: encoded rows whose sequence number and version are filled in when
/// the streams have been locked. One buffer is one transaction's worth.
/// </summary>
public sealed class EventBuffer
{
    private readonly CopyBuffer _rows = new(1 << 20);
    private readonly List<(int Stream, int Position)> _events = [];
    private readonly List<string> _streams = [];
    private readonly List<byte[]> _streamsUtf8 = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    public int Count => _events.Count;

    internal CopyBuffer Rows => _rows;

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
        _rows.BeginRow(8);
        _events.Add((stream, _rows.BigInt(0)));
        _rows.BigInt(0);
        _rows.Uuid(id);
        _rows.Text(_streamsUtf8[stream]);
        _rows.Jsonb(json);
        _rows.Text(type);
        _rows.Instant(atMs);
        _rows.Bool(false);
    }

    /// <summary>Fills in sequence numbers in the order of the events, and versions from each stream's last one.</summary>
    internal void Number(ReadOnlySpan<long> sequence, Span<long> lastVersions)
    {
        const int versionBehindSequence = 8 + 4;
        for (var i = 0; i < _events.Count; i++)
        {
            var (stream, position) = _events[i];
            _rows.Patch(position, sequence[i]);
            _rows.Patch(position + versionBehindSequence, ++lastVersions[stream]);
        }
    }
}
