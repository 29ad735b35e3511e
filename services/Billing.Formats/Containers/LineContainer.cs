using System.Text;
using System.Text.Unicode;
using Billing.Contracts;

namespace Billing.Formats.Containers;

/// <summary>A file whose rows are lines of UTF-8; an empty line is no row.</summary>
public abstract class LineContainer : Container
{
    protected LineContainer(LineReader lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        Lines = lines;
        lines.SkipByteOrderMark();
    }

    protected LineReader Lines { get; }

    public sealed override bool TryRead([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SourceRow? row)
    {
        while (Lines.TryRead(out var line))
        {
            if (!line.IsEmpty)
            {
                row = Lines.IsCut ? Broken(RejectReason.FieldTooLong, "the line is too long")
                    : Utf8.IsValid(line) ? RowOf(Encoding.UTF8.GetString(line))
                    : Broken(RejectReason.NotUtf8, "the line is not UTF-8");
                return true;
            }
        }

        row = null;
        return false;
    }

    protected abstract SourceRow RowOf(string line);

    protected SourceRow Broken(RejectReason reason, string detail) =>
        new BrokenRow { Line = Lines.LineNumber, Fault = new RowFault(reason, "", detail) };
}
