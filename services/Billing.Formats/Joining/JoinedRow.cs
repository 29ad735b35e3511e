namespace Billing.Formats.Joining;

/// <summary>The rows of one call as one row: <c>start.NAME</c> and <c>end.NAME</c>.</summary>
internal sealed class JoinedRow : SourceRow
{
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

    protected override string? Column(string column) =>
        column.StartsWith("start.", StringComparison.Ordinal) ? _start?.Find(column["start.".Length..])
        : column.StartsWith("end.", StringComparison.Ordinal) ? _end?.Find(column["end.".Length..])
        : _start?.Find(column) ?? _end?.Find(column);
}
