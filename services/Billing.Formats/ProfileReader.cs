using System.Diagnostics.CodeAnalysis;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats.Containers;
using Billing.Formats.Joining;

namespace Billing.Formats;

/// <summary>
/// Reads a switch's file by its profile, row by row: each row of the file gets exactly one <see cref="ProfiledRow"/>. Rows that are joined come when
/// their other half does, those that wait at the end of the file.
/// </summary>
public sealed class ProfileReader : IDisposable
{
    private readonly Profile _profile;
    private readonly Container _container;
    private readonly Trailer? _trailer;
    private readonly HalfJoiner? _joiner;
    private readonly Queue<ProfiledRow> _ready = new();
    private readonly ProfileRowMaker _maker;
    private IEnumerator<(CallHalf Half, bool CameBefore)>? _leaving;

    private readonly Action<SourceRow>? _seen;

    private ProfileReader(Profile profile, Container container, EarlierHalves earlier, Action<SourceRow>? seen)
    {
        _seen = seen;
        _profile = profile;
        _container = container;
        _maker = new ProfileRowMaker(profile);
        _trailer = profile.Document.Trailer is { } trailer ? new Trailer(trailer) : null;
        _joiner = profile.JoinsRows ? new HalfJoiner(earlier) : null;
    }

    /// <summary>Opens a file, or says why it is refused whole.</summary>
    /// <param name="seen">Told every row as the file has it, before anything is made of it.</param>
    public static (ProfileReader? Reader, DocumentFault? Fault) Open(Profile profile, Stream stream, EarlierHalves earlier, Action<SourceRow>? seen = null)
    {
        var (container, fault) = Container.Open(profile, stream);
        return container is null ? (null, fault) : (new ProfileReader(profile, container, earlier, seen), null);
    }

    /// <summary>The next row; false at the end.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or its trailer does not match; it is refused whole.</exception>
    public bool TryRead([NotNullWhen(true)] out ProfiledRow? row)
    {
        while (!_ready.TryDequeue(out row))
        {
            if (_leaving is null && _container.TryRead(out var source))
            {
                _seen?.Invoke(source);
                Take(source);
            }
            else if (!Leave())
            {
                return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        _leaving?.Dispose();
        _container.Dispose();
    }

    /// <summary>What becomes of halves that have waited too long: a row for each, with its line.</summary>
    public static ProfiledRow TimedOut(Profile profile, CallHalf half)
    {
        var row = new ProfileRowMaker(profile).Make(JoinedRow.Of(half), half.Line);
        return row.Fate == RowFate.Rejected
            ? row with { Suspense = SuspenseReason.OtherHalfMissing, Half = half }
            : row with { Fate = RowFate.Suspended, Suspense = SuspenseReason.OtherHalfMissing, Half = half };
    }

    /// <summary>The file has ended: its open halves wait. False when nothing is left.</summary>
    private bool Leave()
    {
        if (_leaving is null)
        {
            _trailer?.Finish();
            _leaving = (_joiner?.Leave() ?? []).GetEnumerator();
        }

        if (!_leaving.MoveNext())
        {
            return false;
        }

        var (half, cameBefore) = _leaving.Current;
        _ready.Enqueue(cameBefore ? new ProfiledRow(half.Line, RowFate.Duplicate) : new ProfiledRow(half.Line, RowFate.Waiting) { Half = half });
        return true;
    }

    private void Take(SourceRow source)
    {
        var kind = KindOf(source);
        _trailer?.See(source, kind?.Kind == "call");
        if (source.Fault is { } broken)
        {
            _ready.Enqueue(new ProfiledRow(source.Line, RowFate.Rejected) { Fault = broken });
        }
        else if (kind is null)
        {
            _ready.Enqueue(new ProfiledRow(source.Line, RowFate.Rejected) { Fault = new RowFault(RejectReason.UnknownRow, "", "the profile does not say what the row is") });
        }
        else if (kind.Kind != "call")
        {
            _ready.Enqueue(new ProfiledRow(source.Line, RowFate.Skipped) { Kind = kind.Kind });
        }
        else if (_joiner is null)
        {
            _ready.Enqueue(_maker.Make(source, source.Line));
        }
        else
        {
            TakeHalf(source, kind.Role!, _joiner);
        }
    }

    /// <summary>What the row is; null when the profile does not say.</summary>
    private RowDocument? KindOf(SourceRow source)
    {
        if (source.Fault is not null)
        {
            return null;
        }

        if (source.Layout == CsvContainer.HeaderLayout)
        {
            return CsvContainer.HeaderRow;
        }

        foreach (var (row, when) in _profile.Rows)
        {
            if (when.Holds(source))
            {
                return row;
            }
        }

        return null;
    }

    private void TakeHalf(SourceRow source, string role, HalfJoiner joiner)
    {
        if (role is not (CallHalf.Start or CallHalf.End))
        {
            _ready.Enqueue(_maker.Make(JoinedRow.Of(role, source, null, source.Line), source.Line));
            return;
        }

        var half = HalfOf(source, role);
        if (half.Key.Length == 0 || half.Source.Length == 0)
        {
            _ready.Enqueue(new ProfiledRow(source.Line, RowFate.Rejected) { Fault = new RowFault(RejectReason.MissingField, half.Key.Length == 0 ? _profile.Document.Join!.Key[0] : "source", "the row tells no call") });
            return;
        }

        switch (joiner.Take(half, out var other, out var isEarlier))
        {
            case HalfJoiner.Meeting.Other:
                if (!isEarlier)
                {
                    _ready.Enqueue(new ProfiledRow(other.Line, RowFate.Joined));
                }

                _ready.Enqueue(_maker.Make(JoinedRow.Of(role, source, other, source.Line), source.Line) with { Half = isEarlier ? other : null });
                break;
            case HalfJoiner.Meeting.Itself:
                _ready.Enqueue(new ProfiledRow(source.Line, RowFate.Duplicate));
                break;
            case HalfJoiner.Meeting.Repeated:
                _ready.Enqueue(new ProfiledRow(source.Line, RowFate.Skipped) { Kind = "repeated" });
                break;
            default:
                break;
        }
    }

    private CallHalf HalfOf(SourceRow source, string role)
    {
        var join = _profile.Document.Join!;
        var key = join.Key.Select(column => source.Find(column) ?? "").ToList();
        var told = key.Exists(text => text.Length > 0);
        key.AddRange((join.EitherWay ?? []).Select(column => source.Find(column) ?? "").Order(StringComparer.Ordinal));
        var columns = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var column in _profile.Columns)
        {
            if (source.Find(column) is { Length: > 0 } text)
            {
                columns.Add(column, text);
            }
        }

        return new CallHalf(_maker.SourceOf(JoinedRow.Of(role, source, null, source.Line)), told ? string.Join('\u001F', key) : "", role, source.Line, columns);
    }
}
