using System.Text;
using Billing.Contracts;
using Billing.Formats;
using Billing.Formats.Containers;
using Billing.Rating.Calls;
using Billing.Rating.Records;
using Billing.Service.Ingestion;

namespace Billing.Service.Offline;

/// <summary>
/// Consecutive rows of a file, read and rated: everything about them that does not depend on the rows before. So one batch
/// is filled while the one before is deduplicated, added up and written.
/// </summary>
internal sealed class RatedBatch
{
    private const int MostRows = 2048;
    private const int MostTextBytes = 1 << 20;

    private readonly Row[] _rows = new Row[MostRows];
    private readonly RatedCall[] _calls = new RatedCall[MostRows];
    private byte[] _texts = new byte[1 << 16];
    private readonly RatedColumns _rated = new();
    private readonly CsvBuffer _columns = new();
    private int _textLength;

    public int Count { get; private set; }

    /// <summary>Bytes of the file read when the batch was full.</summary>
    public long BytesRead { get; private set; }

    public ref readonly Row this[int index] => ref _rows[index];

    /// <summary>What rating says of a row that was not rejected.</summary>
    public ref readonly RatedCall Call(int index) => ref _calls[index];

    public ReadOnlySpan<byte> Source(int index) => _texts.AsSpan(_rows[index].TextStart, _rows[index].SourceLength);

    public ReadOnlySpan<byte> RecordId(int index) => _texts.AsSpan(_rows[index].TextStart + _rows[index].SourceLength, _rows[index].RecordIdLength);

    /// <summary>What is written of a row that was not rejected nor suspended, behind its outcome.</summary>
    public ReadOnlySpan<byte> Columns(int index) => _columns.Written.Slice(_rows[index].ColumnsStart, _rows[index].ColumnsLength);

    /// <summary>Reads and rates the next rows; leaves the batch empty at the end of the file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public void Fill(CdrFile file, CallRater rater)
    {
        Count = 0;
        _textLength = 0;
        _columns.Clear();
        try
        {
            while (Count < MostRows && _textLength < MostTextBytes && file.Lines.TryRead(out var line))
            {
                if (file.Lines.Row is { Fate: not (RowFate.Call or RowFate.Suspended) } row)
                {
                    Add(row);
                }
                else if (!line.IsEmpty)
                {
                    Add(file.Parser.Parse(line), file.Lines, rater);
                }
            }
        }
        catch (OverflowException fault)
        {
            throw new OverflowException($"line {file.Lines.LineNumber}: the charge is larger than an amount can hold", fault);
        }

        BytesRead = file.BytesRead;
    }

    private void Add(in CdrRow row, ICdrLines lines, CallRater rater)
    {
        ref var kept = ref _rows[Count];
        kept.Line = lines.LineNumber;
        kept.Reject = lines.IsCut ? RejectReason.FieldTooLong : row.Reject;
        kept.Profiled = lines.Row is { Fate: RowFate.Suspended } suspended ? suspended with { Texts = [] } : null;
        kept.TextStart = _textLength;
        kept.SourceLength = Keep(row.Source);
        kept.RecordIdLength = Keep(row.RecordId);
        if (kept.Reject == RejectReason.None)
        {
            kept.Identity = CallIdentity.Of(row);
            if (kept.Profiled?.Suspense == SuspenseReason.ConflictingDuplicate)
            {
                // the part of a call that conflicts with another is not the call
                kept.Identity = kept.Identity.Apart;
            }

            kept.AnsweredMs = row.AnsweredMs ?? 0;
            ref var call = ref _calls[Count];
            rater.Rate(row.Facts, ref call);
            kept.ColumnsStart = _columns.Length;
            if (call.Outcome != Outcome.Suspended)
            {
                _rated.Write(_columns, call);
            }

            kept.ColumnsLength = _columns.Length - kept.ColumnsStart;
        }

        Count++;
    }

    /// <summary>A row that is no line of cdr v1: refused by the profile, no call, or the half of one.</summary>
    private void Add(ProfiledRow row)
    {
        ref var kept = ref _rows[Count];
        kept.Line = row.Line;
        kept.Reject = row.Fault?.Reason ?? RejectReason.None;
        kept.Profiled = row;
        kept.TextStart = _textLength;
        kept.SourceLength = Keep(Encoding.UTF8.GetBytes(row.Source));
        kept.RecordIdLength = Keep(Encoding.UTF8.GetBytes(row.RecordId));
        Count++;
    }

    private int Keep(ReadOnlySpan<byte> text)
    {
        if (_texts.Length - _textLength < text.Length)
        {
            Array.Resize(ref _texts, Math.Max(_texts.Length * 2, _textLength + text.Length));
        }

        text.CopyTo(_texts.AsSpan(_textLength));
        _textLength += text.Length;
        return text.Length;
    }

    internal struct Row
    {
        public long Line;
        public RejectReason Reject;
        public ProfiledRow? Profiled;
        public CallIdentity Identity;
        public long AnsweredMs;
        public int TextStart;
        public int SourceLength;
        public int RecordIdLength;
        public int ColumnsStart;
        public int ColumnsLength;
    }
}
