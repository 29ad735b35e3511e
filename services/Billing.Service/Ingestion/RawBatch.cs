using Billing.Formats;
using Billing.Formats.Containers;
using Billing.Service.EventLog;

namespace Billing.Service.Ingestion;

/// <summary>Consecutive lines of a file as they were read: what one transaction takes in, and what it can be built from again.</summary>
internal sealed class RawBatch
{
    /// <summary>Room for the lines of a full batch, taken when the first does not suffice.</summary>
    private const int UsualBytes = 12 << 20;

    private readonly List<(int Start, int Length, long Number, bool IsCut, ProfiledRow? Row)> _lines = [];
    private byte[] _bytes = CopyBuffer.FirstRoom();
    private int _length;

    public int Count => _lines.Count;

    /// <summary>How far the file was read with the last line: what tells the batches of a file apart.</summary>
    public long LastLine { get; private set; }

    public (long Number, bool IsCut, ProfiledRow? Row) this[int index] => (_lines[index].Number, _lines[index].IsCut, _lines[index].Row);

    public ReadOnlySpan<byte> Line(int index) => _bytes.AsSpan(_lines[index].Start, _lines[index].Length);

    /// <summary>Takes lines until there are <paramref name="rows"/> of them or <paramref name="bytes"/> bytes; false when the file has none left.</summary>
    public bool Fill(ICdrLines lines, int rows, int bytes)
    {
        _lines.Clear();
        _length = 0;
        while (_lines.Count < rows && _length < bytes && lines.TryRead(out var line))
        {
            if (line.IsEmpty && lines.Row is null)
            {
                continue;
            }

            if (_bytes.Length - _length < line.Length)
            {
                _bytes = CopyBuffer.LargerRoom(_bytes.AsSpan(0, _length), _bytes.Length, line.Length, UsualBytes);
            }

            line.CopyTo(_bytes.AsSpan(_length));
            _lines.Add((_length, line.Length, lines.LineNumber, lines.IsCut, lines.Row is { } row ? row with { Texts = [] } : null));
            LastLine = lines.Position;
            _length += line.Length;
        }

        return _lines.Count > 0;
    }
}
