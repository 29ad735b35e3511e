using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Formats.Containers;

/// <summary>Separated fields, quoted or not. Columns have their names from header lines, of which there may be several kinds, or from the profile.</summary>
internal sealed class CsvContainer : LineContainer
{
    /// <summary>The layout of a header line behind the first one.</summary>
    public const string HeaderLayout = "@header";

    /// <summary>What such a line is.</summary>
    public static readonly RowDocument HeaderRow = new() { Kind = "header" };

    private readonly char _separator;
    private readonly char? _quote;
    private readonly IReadOnlyList<LayoutDocument> _layouts;
    private readonly int _least;
    private string? _layout;
    private Dictionary<string, int> _columns = [];

    private CsvContainer(ContainerDocument document, LineReader lines)
        : base(lines)
    {
        _separator = document.Separator is { } separator ? separator[0] : ',';
        _quote = document.Quote is { } quote ? (quote.Length == 0 ? null : quote[0]) : '"';
        _layouts = document.Layouts ?? [];
        Name(document.Columns ?? []);
        _least = document.LeastColumns ?? _columns.Count;
    }

    /// <summary>Opens the file and reads its first header line, if it should have one.</summary>
    public static (Container? Container, DocumentFault? Fault) Open(ContainerDocument document, IReadOnlySet<string> needed, LineReader lines)
    {
        var container = new CsvContainer(document, lines);
        if (document.Columns is { } columns)
        {
            var unnamed = needed.FirstOrDefault(column => !columns.Contains(column));
            return unnamed is null ? (container, null) : (null, new DocumentFault("$.container.columns", $"the profile needs '{unnamed}'"));
        }

        if (!lines.TryRead(out var line))
        {
            return (null, new DocumentFault("line 1", "the file is empty: no header line"));
        }

        if (!System.Text.Unicode.Utf8.IsValid(line) || container.Split(Encoding.UTF8.GetString(line)) is not { } names)
        {
            return (null, new DocumentFault("line 1", "the header line can not be taken apart"));
        }

        if (container._layouts.Count > 0 && container.LayoutOf(names) is null)
        {
            return (null, new DocumentFault("line 1", $"no header line: one begins with {string.Join(" or ", container._layouts.Select(layout => layout.FirstColumn))}"));
        }

        container.Name(names);
        container._layout = container.LayoutOf(names);
        return container.Missing(document, needed) is { } missing ? (null, new DocumentFault("line 1", $"column '{missing}' is missing")) : (container, null);
    }

    protected override SourceRow RowOf(string line)
    {
        var texts = Split(line);
        if (texts is null)
        {
            return Broken(RejectReason.BadQuote, "a quote is out of place");
        }

        if (LayoutOf(texts) is { } layout)
        {
            Name(texts);
            _layout = layout;
            return new NumberedRow(_columns, []) { Line = Lines.LineNumber, Layout = HeaderLayout };
        }

        return texts.Count > _columns.Count || texts.Count < _least
            ? Broken(RejectReason.BadFieldCount, $"{texts.Count} fields instead of {(_least < _columns.Count ? $"{_least} to " : "")}{_columns.Count}")
            : new NumberedRow(_columns, texts) { Line = Lines.LineNumber, Layout = _layout };
    }

    /// <summary>The layout of the rows behind a header line; null when the line is none.</summary>
    private string? LayoutOf(List<string> texts) => _layouts.FirstOrDefault(layout => layout.FirstColumn == texts[0])?.Name;

    private void Name(IReadOnlyList<string> names)
    {
        _columns = [];
        for (var i = 0; i < names.Count; i++)
        {
            _columns.TryAdd(names[i], i);
        }
    }

    /// <summary>A column that calls need and this header lacks. The first layout is that of calls.</summary>
    private string? Missing(ContainerDocument document, IReadOnlySet<string> needed) =>
        _layouts.Count > 0 && _layout != _layouts[0].Name ? null : needed.FirstOrDefault(column => !_columns.ContainsKey(column) && document.OptionalColumns?.Contains(column) != true);

    /// <summary>The fields, or null when a quote is out of place.</summary>
    private List<string>? Split(string line)
    {
        var fields = new List<string>(_columns.Count);
        return QuotedFields.Split(line, _separator, _quote, fields) == RecordEnd.Whole ? fields : null;
    }
}
