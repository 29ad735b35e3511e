using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Formats.Fields;

/// <summary>A condition on the columns of a row; a column that the row lacks is empty.</summary>
internal sealed class Condition
{
    private readonly Func<SourceRow, bool> _holds;

    private Condition(Func<SourceRow, bool> holds) => _holds = holds;

    /// <summary>Holds of every row.</summary>
    public static Condition Always { get; } = new(_ => true);

    public bool Holds(SourceRow row) => _holds(row);

    /// <exception cref="ProfileException">The condition says nothing, or speaks of no column.</exception>
    public static Condition Compile(ConditionDocument? document, string path, ISet<string> columns)
    {
        if (document is null)
        {
            return Always;
        }

        var parts = new List<Func<SourceRow, bool>>();
        if (document.Column is { } column)
        {
            columns.Add(column);
            AddOfColumn(document, column, parts);
        }
        else if (document.Is is not null || document.IsNot is not null || document.StartsWith is not null || document.Empty is not null)
        {
            throw new ProfileException(path, "a condition on a text needs 'column'");
        }

        if (document.All is { } all)
        {
            var conditions = all.Select((one, i) => Compile(one, $"{path}.all[{i}]", columns)).ToArray();
            parts.Add(row => conditions.All(condition => condition.Holds(row)));
        }

        if (document.Any is { } any)
        {
            var conditions = any.Select((one, i) => Compile(one, $"{path}.any[{i}]", columns)).ToArray();
            parts.Add(row => conditions.Any(condition => condition.Holds(row)));
        }

        return parts.Count switch
        {
            0 => throw new ProfileException(path, "the condition says nothing"),
            1 => new Condition(parts[0]),
            _ => new Condition(row => parts.TrueForAll(part => part(row))),
        };
    }

    private static void AddOfColumn(ConditionDocument document, string column, List<Func<SourceRow, bool>> parts)
    {
        if (document.Is is { } texts)
        {
            var set = texts.ToHashSet(StringComparer.Ordinal);
            parts.Add(row => set.Contains(row.Find(column) ?? ""));
        }

        if (document.IsNot is { } others)
        {
            var set = others.ToHashSet(StringComparer.Ordinal);
            parts.Add(row => !set.Contains(row.Find(column) ?? ""));
        }

        if (document.StartsWith is { } beginnings)
        {
            parts.Add(row => row.Find(column) is { } text && beginnings.Any(beginning => text.StartsWith(beginning, StringComparison.Ordinal)));
        }

        if (document.Empty is { } empty)
        {
            parts.Add(row => string.IsNullOrEmpty(row.Find(column)) == empty);
        }
    }
}
