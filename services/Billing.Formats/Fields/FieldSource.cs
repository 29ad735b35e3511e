using System.Security.Cryptography;
using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;
using NodaTime.Text;

namespace Billing.Formats.Fields;

/// <summary>The text of a field, empty when there is none; of a time also its instant; or why there is none.</summary>
internal readonly record struct FieldValue(string Text, Instant? Time = null, RowFault? Fault = null)
{
    public static FieldValue Empty { get; } = new("");
}

/// <summary>Where a field comes from, and the steps that convert it.</summary>
internal sealed class FieldSource
{
    private static readonly InstantPattern Written = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss.FFF'Z'");

    private readonly FieldDocument _document;
    private readonly string _name;
    private readonly Condition _when;
    private readonly FieldSource[] _first;
    private readonly TimeForms? _time;

    private FieldSource(FieldDocument document, string name, Condition when, FieldSource[] first, TimeForms? time)
    {
        _document = document;
        _name = name;
        _when = when;
        _first = first;
        _time = time;
    }

    /// <param name="name">The column of <c>cdr v1</c>.</param>
    /// <param name="columns">Takes the columns of the file that are named.</param>
    /// <exception cref="ProfileException">The field contradicts itself.</exception>
    public static FieldSource Compile(FieldDocument document, string name, string? zone, string path, ISet<string> columns)
    {
        var origins = new object?[] { document.Constant, document.Column, document.Columns, document.First }.Count(origin => origin is not null);
        if (origins != 1)
        {
            throw new ProfileException(path, "exactly one of 'constant', 'column', 'columns' and 'first' is needed");
        }

        if (document.Decode is not (null or "url"))
        {
            throw new ProfileException($"{path}.decode", "only 'url' is known");
        }

        if (document is { Otherwise: not null, Map: null })
        {
            throw new ProfileException($"{path}.otherwise", "'otherwise' needs 'map'");
        }

        columns.UnionWith(document.Columns ?? (document.Column is { } column ? [column] : []));
        return new FieldSource(
            document,
            name,
            Condition.Compile(document.When, $"{path}.when", columns),
            [.. (document.First ?? []).Select((one, i) => Compile(one, name, zone, $"{path}.first[{i}]", columns))],
            document.Time is { } time ? TimeForms.Compile(time, zone, $"{path}.time", columns) : null);
    }

    public FieldValue Read(SourceRow row)
    {
        if (!_when.Holds(row))
        {
            return FieldValue.Empty;
        }

        if (_first.Length > 0)
        {
            var value = FieldValue.Empty;
            for (var i = 0; i < _first.Length && value is { Fault: null, Text.Length: 0 }; i++)
            {
                value = _first[i].Read(row);
            }

            return value.Fault is not null || value.Text.Length == 0 || value.Time is not null ? value : Convert(value.Text, row);
        }

        return Convert(Origin(row), row);
    }

    private string Origin(SourceRow row) =>
        _document.Constant
        ?? (_document.Column is { } column
            ? row.Find(column) ?? ""
            : string.Join(_document.Separator ?? "-", _document.Columns!.Select(row.Find).Where(text => !string.IsNullOrEmpty(text))));

    private FieldValue Convert(string text, SourceRow row)
    {
        text = Cut(_document.Decode is null ? text : Uri.UnescapeDataString(text)).Trim();
        if (text.Length == 0 || _document.None?.Contains(text) == true)
        {
            return FieldValue.Empty;
        }

        if (_document.Prefixes?.FirstOrDefault(prefix => text.StartsWith(prefix.From, StringComparison.Ordinal)) is { } found)
        {
            text = found.To + text[found.From.Length..];
        }

        if (_document.Map is { } map)
        {
            if (!map.TryGetValue(text, out var meant) && (meant = _document.Otherwise) is null)
            {
                return new FieldValue("", Fault: new RowFault(RejectReason.BadEnum, _name, $"{(Profile.NumberFields.Contains(_name) ? "the number" : $"'{RowFault.Shown(text)}'")} is not in the map of the profile"));
            }

            text = meant;
        }

        if (_document.DigestBeyond is { } longest && text.Length > longest)
        {
            text = System.Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }

        if (_time is null)
        {
            return new FieldValue(text);
        }

        var (instant, fault) = _time.Read(text, _name, row);
        return fault is null ? new FieldValue(Written.Format(instant), instant) : new FieldValue("", Fault: fault);
    }

    private string Cut(string text)
    {
        if (_document.After is { } after && text.IndexOf(after, StringComparison.Ordinal) is >= 0 and var at)
        {
            text = text[(at + after.Length)..];
        }

        foreach (var before in _document.Before ?? [])
        {
            if (text.IndexOf(before, StringComparison.Ordinal) is >= 0 and var end)
            {
                text = text[..end];
            }
        }

        return text;
    }
}
