namespace Billing.Formats.Joining;

/// <summary>The rows of one call as one row: <c>start.NAME</c> and <c>end.NAME</c>.</summary>
internal sealed class JoinedRow : SourceRow
{
    private const string OfStart = CallHalf.Start + ".";
    private const string OfEnd = CallHalf.End + ".";

    private readonly SourceRow? _start;
    private readonly SourceRow? _end;

    private JoinedRow(SourceRow? start, SourceRow? end)
    {
        _start = start;
        _end = end;
    }

    /// <summary>A half on its own.</summary>
    public static JoinedRow Of(CallHalf half) => Of(half.Role, new NamedRow(half.Columns) { Line = half.Line }, null, half.Line);

    /// <param name="role">What <paramref name="one"/> is; alone it is the start.</param>
    public static JoinedRow Of(string role, SourceRow one, CallHalf? other, long line)
    {
        SourceRow? second = other is null ? null : new NamedRow(other.Columns) { Line = other.Line };
        return role == CallHalf.End ? new JoinedRow(second, one) { Line = line } : new JoinedRow(one, second) { Line = line };
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
