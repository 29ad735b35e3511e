using System.Text;
using System.Text.Unicode;
using Billing.Formats.Containers;
using Billing.Service.Ingestion;

namespace Billing.Service.Comparing;

/// <summary>
/// Records of a CSV file (RFC 4180) with any separator, one at a time. A quoted field may hold line breaks, up to
/// <see cref="MostLines"/> of them: a quote that is never closed does not swallow the rest of the file.
/// </summary>
internal sealed class CsvRecords(LineReader lines, byte separator)
{
    private const int MostLines = 20;
    private const int LongestRecord = 1 << 20;

    private readonly StringBuilder _record = new();

    /// <summary>The physical line at which the record began.</summary>
    public long Line { get; private set; }

    /// <summary>Reads the next record that is no empty line into <paramref name="fields"/>; false at the end of the file.</summary>
    /// <param name="fault">Why the record cannot be taken apart; null when it can.</param>
    public bool TryRead(List<string> fields, out string? fault)
    {
        fields.Clear();
        fault = null;
        ReadOnlySpan<byte> line;
        do
        {
            if (!lines.TryRead(out line))
            {
                return false;
            }
        }
        while (line.IsEmpty);

        Line = lines.LineNumber;
        _record.Clear();
        for (var read = 1; ; read++)
        {
            if (!Utf8.IsValid(line))
            {
                fault = "not-utf8";
                return true;
            }

            _record.Append(Encoding.UTF8.GetString(line));
            fields.Clear();
            var end = QuotedFields.Split(_record.ToString(), (char)separator, '"', fields);
            if (end != RecordEnd.Open)
            {
                fault = end == RecordEnd.Whole ? null : "bad-quote";
                return true;
            }

            if (read == MostLines || _record.Length > LongestRecord || !lines.TryRead(out line))
            {
                fault = read == 1 ? "bad-quote" : $"bad-quote: left open up to line {lines.LineNumber}";
                return true;
            }

            _record.Append('\n');
        }
    }
}
