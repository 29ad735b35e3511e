namespace Billing.Formats.Joining;

/// <summary>The rows of one call as one row: <c>start.NAME</c> and <c>end.NAME</c>.</summary>
internal sealed class JoinedRow : SourceRow
{
    private const string OfStart = CallHalf.Start + ".";
    private const string OfEnd = CallHalf.End + ".";

    private readonly SourceRow? _start;
    private readonly SourceRow? _end;
    private readonly IReadOnlyList<SourceRow> _parts;

    private JoinedRow(SourceRow? start, SourceRow? end, IReadOnlyList<SourceRow> parts)
    {
        _start = start;
        _end = end;
        _parts = parts;
    }

    internal override IReadOnlyList<SourceRow> Parts => _parts;

    /// <summary>A row on its own.</summary>
    /// <param name="role">Of parts it is both the first and the last.</param>
    public static JoinedRow Of(SourceRow row, string role) => new(role == CallHalf.End ? null : row, role == CallHalf.Start ? null : row, [row]) { Line = row.Line };

    /// <summary>The halves or parts of a call that are there, in the order of their places.</summary>
    public static JoinedRow Of(IReadOnlyList<CallHalf> halves, long line)
    {
        SourceRow[] rows = [.. halves.Select(half => new NamedRow(half.Columns) { Line = half.Line })];
        return new JoinedRow(halves[0].Role == CallHalf.End ? null : rows[0], halves[^1].Role == CallHalf.Start ? null : rows[^1], rows) { Line = line };
    }

    /// <summary>The name in the file of a column that fields call <c>start.NAME</c> or <c>end.NAME</c>.</summary>
    public static string NameInFile(string column) =>
        column.StartsWith(OfStart, StringComparison.Ordinal) ? column[OfStart.Length..]
        : column.StartsWith(OfEnd, StringComparison.Ordinal) ? column[OfEnd.Length..]
        : column;

    protected override string? Column(string column) =>
        column.StartsWith(OfStart, StringComparison.Ordinal) ? _start?.Find(NameInFile(column))
        : column.StartsWith(OfEnd, StringComparison.Ordinal) ? _end?.Find(NameInFile(column))
        : _start?.Find(column) ?? _end?.Find(column);
}
