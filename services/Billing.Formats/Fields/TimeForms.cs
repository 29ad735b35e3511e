using System.Globalization;
using System.Text.RegularExpressions;
using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;
using NodaTime.Text;
using NodaTime.TimeZones;

namespace Billing.Formats.Fields;

/// <summary>Reads instants as switches write them. Nothing is guessed: what is of none of the forms is refused, and so is a local time that stands twice or not at all.</summary>
internal sealed partial class TimeForms
{
    private static readonly string[] Own = ["iso", "epoch-s", "epoch-ms", "epoch-us"];

    private readonly IReadOnlyList<string> _forms;
    private readonly LocalDateTimePattern?[] _patterns;
    private readonly DateTimeZone? _zone;
    private readonly DurationDocument? _plus;

    private TimeForms(IReadOnlyList<string> forms, LocalDateTimePattern?[] patterns, DateTimeZone? zone, DurationDocument? plus)
    {
        _forms = forms;
        _patterns = patterns;
        _zone = zone;
        _plus = plus;
    }

    /// <exception cref="ProfileException">A pattern can not be read, or stamps without an offset have no zone.</exception>
    public static TimeForms Compile(TimeDocument document, string? profileZone, string path, ISet<string> columns)
    {
        if (document.Forms.Count == 0)
        {
            throw new ProfileException($"{path}.forms", "at least one form is needed");
        }

        var patterns = document.Forms.Select((form, i) => Pattern(form, $"{path}.forms[{i}]")).ToArray();
        var zone = document.Zone ?? profileZone;
        if (zone is null && patterns.Any(pattern => pattern is not null))
        {
            throw new ProfileException($"{path}.zone", "stamps without an offset need a time zone, here or of the profile");
        }

        if (document.Plus is { } plus)
        {
            columns.Add(plus.Column);
            Profile.CheckUnit(plus, $"{path}.plus");
        }

        return new TimeForms(document.Forms, patterns, zone is null ? null : Profile.ZoneOf(zone, $"{path}.zone"), document.Plus);
    }

    /// <summary>The instant, or why there is none.</summary>
    public (Instant Instant, RowFault? Fault) Read(string text, string field, SourceRow row)
    {
        RowFault? fault = null;
        for (var i = 0; i < _forms.Count; i++)
        {
            (var instant, var isOfForm, fault) = Read(text, field, i);
            if (fault is not null)
            {
                break;
            }

            if (isOfForm)
            {
                return _plus is null ? (instant, null) : Durations.Read(row, _plus) is var (duration, bad) && bad is null ? (instant + duration, null) : (default, bad);
            }
        }

        return (default, fault ?? new RowFault(RejectReason.BadTime, field, Spreadsheet().IsMatch(text)
            ? $"'{text}' is a date as a spreadsheet saves it: what the switch wrote is lost"
            : $"'{RowFault.Shown(text)}' is not of the form {string.Join(" or ", _forms)}"));
    }

    private (Instant Instant, bool IsOfForm, RowFault? Fault) Read(string text, string field, int form)
    {
        if (_patterns[form] is not { } pattern)
        {
            return Own[0] == _forms[form]
                ? OffsetDateTimePattern.ExtendedIso.Parse(text) is { Success: true } iso ? (iso.Value.ToInstant(), true, null) : default
                : Epoch(text, _forms[form]) is { } instant ? (instant, true, null) : default;
        }

        if (pattern.Parse(text) is not { Success: true } parsed)
        {
            return default;
        }

        var mapped = _zone!.MapLocal(parsed.Value);
        return mapped.Count == 1
            ? (mapped.Single().ToInstant(), true, null)
            : (default, false, new RowFault(RejectReason.BadTime, field, $"'{text}' stands {(mapped.Count == 0 ? "nowhere" : "twice")} on the clocks of {_zone.Id}"));
    }

    private static LocalDateTimePattern? Pattern(string form, string path)
    {
        if (Own.Contains(form))
        {
            return null;
        }

        try
        {
            return LocalDateTimePattern.CreateWithInvariantCulture(form);
        }
        catch (InvalidPatternException fault)
        {
            throw new ProfileException(path, $"'{form}' is no form of a time: {fault.Message}");
        }
    }

    private static Instant? Epoch(string text, string form)
    {
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
        {
            return null;
        }

        var ms = form switch { "epoch-s" => value * 1000, "epoch-ms" => value, _ => value / 1000 };
        return ms is > 0 and < 7_258_118_400_000m ? Instant.FromUnixTimeMilliseconds((long)ms) : null;
    }

    [GeneratedRegex(@"^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4} \d{1,2}:\d{2}( [AP]M)?$|^\d\.\d+E\+\d+$")]
    private static partial Regex Spreadsheet();
}
