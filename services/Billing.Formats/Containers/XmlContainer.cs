using System.Diagnostics.CodeAnalysis;
using System.Xml;
using Billing.Contracts.Documents;

namespace Billing.Formats.Containers;

/// <summary>
/// Elements of one name, wherever they stand; columns are the paths of the elements in them, such as <c>headerModule/type</c>; the first of several
/// counts. Document types are passed over, never loaded. Their line is their number.
/// </summary>
internal sealed class XmlContainer(ContainerDocument document, Stream stream) : Container
{
    private readonly XmlReader _reader = XmlReader.Create(stream, new XmlReaderSettings
    {
        DtdProcessing = DtdProcessing.Ignore,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
        IgnoreWhitespace = true,
        CloseInput = false,
    });

    private long _count;

    public override bool TryRead([NotNullWhen(true)] out SourceRow? row)
    {
        row = null;
        try
        {
            while (_reader.Read())
            {
                if (_reader.NodeType == XmlNodeType.Element && _reader.LocalName == document.Record)
                {
                    row = new NamedRow(Columns()) { Line = ++_count };
                    return true;
                }
            }

            return false;
        }
        catch (XmlException damage)
        {
            throw new InvalidDataException($"line {damage.LineNumber}: the file is no complete XML");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _reader.Dispose();
        }

        base.Dispose(disposing);
    }

    private Dictionary<string, string> Columns()
    {
        var columns = new Dictionary<string, string>();
        var path = new List<string>();
        var depth = _reader.Depth;
        if (_reader.IsEmptyElement)
        {
            return columns;
        }

        while (_reader.Read() && _reader.Depth > depth)
        {
            if (_reader.NodeType is XmlNodeType.Element)
            {
                path.RemoveRange(_reader.Depth - depth - 1, path.Count - (_reader.Depth - depth - 1));
                path.Add(_reader.LocalName);
            }
            else if (_reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                columns.TryAdd(string.Join('/', path), _reader.Value);
            }
        }

        return columns;
    }
}
