namespace Billing.Service.EventLog;

/// <summary>
/// Rows that belong to named groups, given group by group in the order of their names, each group in the order of arrival:
/// rows side by side in an index are then written side by side, which is what makes COPY into a table with indexes quick.
/// </summary>
internal sealed class GroupedRows(CopyBuffer rows)
{
    private readonly List<(int Group, int Start)> _rows = [];
    private readonly List<string> _names = [];
    private readonly List<long> _counts = [];
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);

    public int Count => _rows.Count;

    /// <summary>The groups in the order in which they were met, and the rows of each.</summary>
    public IReadOnlyList<string> Names => _names;

    public IReadOnlyList<long> Counts => _counts;

    public void Clear()
    {
        rows.Clear();
        _rows.Clear();
        _names.Clear();
        _counts.Clear();
        _indexes.Clear();
    }

    /// <summary>The number of a group; new ones are added.</summary>
    public int Group(string name)
    {
        if (!_indexes.TryGetValue(name, out var index))
        {
            index = _names.Count;
            _indexes.Add(name, index);
            _names.Add(name);
            _counts.Add(0);
        }

        return index;
    }

    public void BeginRow(int group, short columns)
    {
        _counts[group]++;
        _rows.Add((group, rows.BeginRow(columns)));
    }

    /// <summary>Where each row lies, in order of the groups' names.</summary>
    public IEnumerable<(int Group, int Start, int End)> InOrder()
    {
        var next = new int[_names.Count];
        var start = 0;
        foreach (var group in Enumerable.Range(0, next.Length).Order(Comparer<int>.Create((a, b) => string.CompareOrdinal(_names[a], _names[b]))))
        {
            next[group] = start;
            start += (int)_counts[group];
        }

        var order = new int[_rows.Count];
        for (var i = 0; i < order.Length; i++)
        {
            order[next[_rows[i].Group]++] = i;
        }

        foreach (var i in order)
        {
            yield return (_rows[i].Group, _rows[i].Start, i + 1 < _rows.Count ? _rows[i + 1].Start : rows.Length);
        }
    }
}
