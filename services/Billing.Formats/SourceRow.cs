namespace Billing.Formats;

/// <summary>A row of a switch's file by the names of its columns, or why it could not be taken apart.</summary>
public abstract class SourceRow
{
    /// <summary>The pseudo-column that names the layout of a row.</summary>
    public const string LayoutColumn = "@layout";

    /// <summary>The physical line, from 1; in JSON and XML, which know no lines, the number of the record.</summary>
    public required long Line { get; init; }

    /// <summary>The kind of line, in containers with several.</summary>
    public string? Layout { get; init; }

    /// <summary>Set when the row could not be taken apart.</summary>
    public RowFault? Fault { get; init; }

    /// <summary>The text of a column; null when the row has no such column.</summary>
    public string? Find(string column) => column == LayoutColumn ? Layout : Column(column);

    /// <summary>The rows of the file that it is made of.</summary>
    internal virtual IReadOnlyList<SourceRow> Parts => [this];

    protected abstract string? Column(string column);
}

/// <summary>A row whose columns are numbered.</summary>
internal sealed class NumberedRow(IReadOnlyDictionary<string, int> columns, IReadOnlyList<string> texts) : SourceRow
{
    protected override string? Column(string column) => columns.TryGetValue(column, out var index) && index < texts.Count ? texts[index] : null;
}

/// <summary>A row whose columns are named one by one.</summary>
internal sealed class NamedRow(IReadOnlyDictionary<string, string> columns) : SourceRow
{
    protected override string? Column(string column) => columns.GetValueOrDefault(column);
}

/// <summary>A row without columns: one that could not be taken apart.</summary>
internal sealed class BrokenRow : SourceRow
{
    protected override string? Column(string column) => null;
}
