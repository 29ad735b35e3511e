using System.Text;
using Billing.Contracts;

namespace Billing.Service.Offline;

/// <summary>Writes <c>rated.csv</c>: one row per input row, in input order.</summary>
internal sealed class RatedCsv(Stream stream) : IDisposable
{
    private static readonly byte[] Header =
        "line,source,record_id,outcome,reason,contract,number,class,carrier,destination,stripped_prefix,tax_category,usage_month,chargeable_ms,units,charge,tail_ms,tail_charge,flags,tariff_version\n"u8.ToArray();


    private static readonly byte[][] Outcomes = Utf8<Outcome>(Words.Of);

    private readonly CsvBuffer _buffer = new();

    public void WriteHeader() => _buffer.Text(Header);

    /// <summary>A row that was rejected, suspended or a duplicate: nothing follows the reason.</summary>
    public void Write(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Outcome outcome, string reason)
    {
        Start(line, source, recordId, outcome);
        _buffer.Field(reason);
        _buffer.Text(",,,,,,,,,,,,,,,"u8);
        End();
    }

    /// <summary>A rated or unanswered row.</summary>
    /// <param name="columns">What <see cref="RatedColumns"/> wrote of it.</param>
    public void Write(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Outcome outcome, ReadOnlySpan<byte> columns)
    {
        Start(line, source, recordId, outcome);
        _buffer.Text(columns);
        End();
    }

    public void Dispose()
    {
        stream.Write(_buffer.Written);
        stream.Dispose();
    }

    internal static byte[][] Utf8<T>(Func<T, string> word)
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(value => Encoding.UTF8.GetBytes(word(value)))];

    private void Start(long line, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, Outcome outcome)
    {
        _buffer.Number(line);
        _buffer.Comma();
        _buffer.Quoted(source);
        _buffer.Comma();
        _buffer.Quoted(recordId);
        _buffer.Comma();
        _buffer.Text(Outcomes[(int)outcome]);
    }

    private void End()
    {
        _buffer.EndLine();
        if (_buffer.Length > 1 << 17)
        {
            stream.Write(_buffer.Written);
            _buffer.Clear();
        }
    }
}
