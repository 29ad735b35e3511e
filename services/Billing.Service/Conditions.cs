using System.Globalization;
using Npgsql;

namespace Billing.Service;

/// <summary>The conditions of a query that depend on what is asked for; what is null asks for nothing.</summary>
internal sealed class Conditions
{
    private readonly List<string> _texts = [];
    private readonly List<object> _values = [];

    /// <param name="condition">SQL in which <c>{0}</c> stands for the value.</param>
    public void Add(string condition, object? value)
    {
        if (value is not null)
        {
            Add(condition, [value]);
        }
    }

    /// <param name="condition">SQL in which <c>{0}</c>, <c>{1}</c> … stand for the values.</param>
    public void Add(string condition, IReadOnlyList<object> values)
    {
        object[] places = [.. values.Select((_, i) => $"${_values.Count + i + 1}")];
        _texts.Add(string.Format(CultureInfo.InvariantCulture, condition, places));
        _values.AddRange(values);
    }

    /// <summary>The query with all conditions.</summary>
    /// <param name="select">Up to the conditions: <c>select … from …</c>.</param>
    /// <param name="rest">What comes behind them.</param>
    public NpgsqlCommand Query(string select, string rest)
    {
        var command = new NpgsqlCommand($"{select} where {(_texts.Count == 0 ? "true" : string.Join(" and ", _texts))} {rest}");
        foreach (var value in _values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
