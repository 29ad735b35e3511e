using System.Text;

namespace Billing.Service.EventLog;

/// <summary>
/// Events on their way into <c>mt_events</c>, in order: encoded rows whose sequence number and version are filled in when
/// the streams have been locked. One buffer is one transaction's worth.
/// </summary>
public sealed class EventBuffer
{
    private readonly CopyBuffer _rows;
    private readonly GroupedRows _streams;
    private readonly List<byte[]> _streamsUtf8 = [];

    /// <param name="usual">Room in bytes that many rows usually take, see <see cref="CopyBuffer"/>.</param>
    public EventBuffer(int usual = 0)
    {
        _rows = new CopyBuffer(usual);
        _streams = new GroupedRows(_rows);
    }

    public int Count => _streams.Count;

    internal IReadOnlyList<string> Streams => _streams.Names;

    internal IReadOnlyList<long> Counts => _streams.Counts;

    public void Clear()
    {
        _streams.Clear();
        _streamsUtf8.Clear();
    }

    /// <summary>The number of a stream within this buffer; new streams are added.</summary>
    public int Stream(string id)
    {
        var stream = _streams.Group(id);
        if (stream == _streamsUtf8.Count)
        {
            _streamsUtf8.Add(Encoding.UTF8.GetBytes(id));
        }

        return stream;
    }

    /// <param name="type">The registered alias of the event.</param>
    /// <param name="json">The event as the store's serializer writes it.</param>
    /// <param name="atMs">When it was appended, milliseconds UTC.</param>
    public void Add(int stream, Guid id, ReadOnlySpan<byte> type, ReadOnlySpan<byte> json, long atMs)
    {
        _streams.BeginRow(stream, 8);
        _rows.BigInt(0);
        _rows.BigInt(0);
        _rows.Uuid(id);
        _rows.Text(_streamsUtf8[stream]);
        _rows.Jsonb(json);
        _rows.Text(type);
        _rows.Instant(atMs);
        _rows.Bool(false);
    }

    /// <summary>Fills in sequence numbers and versions and gives the rows stream by stream, each stream in the order of arrival.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Number(long[] sequence, long[] lastVersions)
    {
        const int sequenceInRow = 2 + 4;
        const int versionInRow = sequenceInRow + 8 + 4;
        var position = 0;
        foreach (var (stream, start, end) in _streams.InOrder())
        {
            _rows.Patch(start + sequenceInRow, sequence[position++]);
            _rows.Patch(start + versionInRow, ++lastVersions[stream]);
            yield return _rows.Slice(start, end);
        }
    }
}
