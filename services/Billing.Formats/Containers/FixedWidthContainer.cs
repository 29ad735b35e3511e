using Billing.Contracts;
using Billing.Contracts.Documents;

namespace Billing.Formats.Containers;

/// <summary>Lines of fixed places; how a line begins tells its layout. The columns of the line <c>header</c> stand in the rows behind it too, as <c>@header.NAME</c>.</summary>
internal sealed class FixedWidthContainer(ContainerDocument document, LineReader lines) : LineContainer(lines)
{
    private const string Header = "header";

    private Dictionary<string, string> _header = [];

    protected override SourceRow RowOf(string line)
    {
        if (document.Layouts!.FirstOrDefault(one => line.StartsWith(one.StartsWith!, StringComparison.Ordinal)) is not { } layout)
        {
            return Broken(RejectReason.UnknownRow, "the line begins like none of the profile's");
        }

        var columns = new Dictionary<string, string>(_header);
        foreach (var (name, place) in layout.Columns!)
        {
            if (line.Length < place.At - 1 + place.Length)
            {
                return new BrokenRow { Line = Lines.LineNumber, Layout = layout.Name, Fault = new RowFault(RejectReason.BadFieldCount, name, $"the line has {line.Length} characters and ends before the column does") };
            }

            columns[name] = line.Substring(place.At - 1, place.Length).Trim();
        }

        if (layout.Name == Header)
        {
            _header = columns.ToDictionary(column => $"@{Header}.{column.Key}", column => column.Value);
        }

        return new NamedRow(columns) { Line = Lines.LineNumber, Layout = layout.Name };
    }
}
