using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Formats.Containers;

/// <summary>Takes a switch's file apart into rows, one after another; memory is bounded by a row.</summary>
public abstract class Container : IDisposable
{
    /// <summary>The longest record of JSON.</summary>
    public const int LongestRecord = LineReader.LongestLine;

    /// <summary>Opens a file, or says why it is refused whole. The stream stays its owner's.</summary>
    public static (Container? Container, DocumentFault? Fault) Open(Profile profile, Stream stream)
    {
        var document = profile.Document.Container;
        switch (document.Type)
        {
            case "csv":
                return CsvContainer.Open(document, profile.Columns, new LineReader(stream));
            case "fixed-width":
                return (new FixedWidthContainer(document, new LineReader(stream)), null);
            case "ndjson":
                return (new NdjsonContainer(new LineReader(stream)), null);
            case "json":
                return (new JsonContainer(stream), null);
            default:
                return (new XmlContainer(document, stream), null);
        }
    }

    /// <summary>The next row; false at the end.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; it is refused whole.</exception>
    public abstract bool TryRead([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SourceRow? row);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
    }
}
