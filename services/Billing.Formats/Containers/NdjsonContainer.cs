using System.Text;

namespace Billing.Formats.Containers;

/// <summary>One JSON object a line.</summary>
internal sealed class NdjsonContainer(LineReader lines) : LineContainer(lines)
{
    protected override SourceRow RowOf(string line) => JsonRow.Of(Encoding.UTF8.GetBytes(line), Lines.LineNumber);
}
