using Billing.Contracts;
using Billing.Formats.Fields;
using Billing.Rating.Records;

namespace Billing.Formats;

/// <summary>Makes a line of <c>cdr v1</c> of a row, or says why it can not be made.</summary>
internal sealed class ProfileRowMaker(Profile profile)
{
    private readonly FieldValue[] _fields = new FieldValue[CdrColumns.Count];

    /// <param name="line">The line that the call is known by.</param>
    /// <param name="isWhole">False: rows of the call are missing, and durations are not held to its stamps.</param>
    public ProfiledRow Make(SourceRow source, long line, bool isWhole = true)
    {
        for (var i = 0; i < _fields.Length; i++)
        {
            _fields[i] = profile.Fields[i]?.Read(source) ?? FieldValue.Empty;
        }

        foreach (var field in _fields)
        {
            if (field.Fault is { } fault)
            {
                return Rejected(line, fault);
            }

            if (field.Text.AsSpan().ContainsAny('\0', '\n', '\r'))
            {
                return Rejected(line, new RowFault(RejectReason.NotUtf8, CdrColumns.Names[Array.IndexOf(_fields, field)], "a NUL or a line break stands in the text"));
            }
        }

        if (TimesOutOfOrder() is { } order)
        {
            return Rejected(line, order);
        }

        var row = new ProfiledRow(line, RowFate.Call) { Texts = [.. _fields.Select(field => field.Text)] };
        foreach (var check in isWhole ? profile.Checks : [])
        {
            var (fault, difference) = check.Compare(source, _fields);
            if (fault is not null)
            {
                return Rejected(line, fault);
            }

            if (difference is not null && !check.Suspends)
            {
                return Rejected(line, new RowFault(RejectReason.BadDuration, check.Column, difference));
            }

            row = difference is null ? row : row with { Fate = RowFate.Suspended, Suspense = SuspenseReason.DurationMismatch, Fault = new RowFault(RejectReason.BadDuration, check.Column, difference) };
        }

        return row;
    }

    /// <summary>The switch that the row is of; empty when it can not be told.</summary>
    public string SourceOf(SourceRow source) => profile.Fields[(int)CdrColumn.Source]!.Read(source).Text;

    private ProfiledRow Rejected(long line, RowFault fault) => new(line, RowFate.Rejected)
    {
        Fault = fault,
        Source = _fields[(int)CdrColumn.Source].Text,
        RecordId = _fields[(int)CdrColumn.RecordId].Text,
    };

    /// <summary>Stamps that run backwards are a negative duration; the parser of cdr v1 refuses them too, but names no field.</summary>
    private RowFault? TimesOutOfOrder()
    {
        var last = -1;
        foreach (var column in (ReadOnlySpan<CdrColumn>)[CdrColumn.StartedAt, CdrColumn.AnsweredAt, CdrColumn.SpeechLostAt, CdrColumn.EndedAt])
        {
            if (_fields[(int)column].Time is not { } time)
            {
                continue;
            }

            if (last >= 0 && time < _fields[last].Time)
            {
                return new RowFault(RejectReason.TimeOrder, CdrColumns.Names[(int)column], $"{_fields[(int)column].Text} is before {CdrColumns.Names[last]}, {_fields[last].Text}");
            }

            last = (int)column;
        }

        return null;
    }
}
