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
    private IEnumerator<(CallHalf Half, Meeting Met)>? _leaving;

    private readonly Action<SourceRow>? _seen;

    private ProfileReader(Profile profile, Container container, EarlierHalves earlier, Action<SourceRow>? seen)
    {
        _seen = seen;
        _profile = profile;
        _container = container;
        _maker = new ProfileRowMaker(profile);
        _trailer = profile.Document.Trailer is { } trailer ? new Trailer(trailer) : null;
        _joiner = profile.JoinsRows ? new HalfJoiner(earlier, profile.Parts) : null;
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

    /// <summary>
    /// What becomes of halves that have waited too long: a row for each. The parts of a call become one record of what is known of it, as its row and
    /// rows that are joined with it.
    /// </summary>
    /// <param name="waiting">All that wait of a call.</param>
    public static IEnumerable<ProfiledRow> TimedOut(Profile profile, IEnumerable<CallHalf> waiting)
    {
        CallHalf[] halves = [.. waiting.OrderBy(half => half.Place.From)];
        var line = halves[^1].Line;
        var row = new ProfileRowMaker(profile).Make(JoinedRow.Of(halves, line), line, isWhole: false) with { Suspense = SuspenseReason.OtherHalfMissing, Halves = halves };
        return halves.SkipLast(1).Select(half => new ProfiledRow(half.Line, RowFate.Joined)).Append(row.Fate == RowFate.Rejected ? row : row with { Fate = RowFate.Suspended });
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

        var (half, met) = _leaving.Current;
        _ready.Enqueue(met == Meeting.Nothing ? new ProfiledRow(half.Line, RowFate.Waiting) { Halves = [half] } : Again(half, met));
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
        if (role == "alone")
        {
            _ready.Enqueue(_maker.Make(JoinedRow.Of(source, _profile.JoinsParts ? CallHalf.Part : CallHalf.Start), source.Line));
            return;
        }

        if (HalfOf(source, role, out var fault) is not { } half)
        {
            _ready.Enqueue(new ProfiledRow(source.Line, RowFate.Rejected) { Fault = fault });
            return;
        }

        switch (joiner.Take(half, out var call))
        {
            case Meeting.Others:
                foreach (var (other, _) in call.Where(one => !one.IsEarlier && one.Half != half).OrderBy(one => one.Half.Line))
                {
                    _ready.Enqueue(new ProfiledRow(other.Line, RowFate.Joined));
                }

                _ready.Enqueue(_maker.Make(JoinedRow.Of([.. call.Select(one => one.Half)], source.Line), source.Line) with
                {
                    Halves = [.. call.Where(one => one.IsEarlier).Select(one => one.Half)],
                    Made = _profile.JoinsParts && call.Count > 1 ? [.. call.Where(one => !one.IsEarlier).Select(one => one.Half)] : [],
                });
                break;
            case Meeting.Nothing:
                break;
            case var met:
                _ready.Enqueue(Again(half, met));
                break;
        }
    }

    /// <summary>A half that came before: a copy is a duplicate; a part that says something else has to be looked at.</summary>
    private ProfiledRow Again(CallHalf half, Meeting met)
    {
        if (met == Meeting.Itself)
        {
            return new ProfiledRow(half.Line, RowFate.Duplicate);
        }

        if (!_profile.JoinsParts)
        {
            return new ProfiledRow(half.Line, RowFate.Skipped) { Kind = "repeated" };
        }

        var row = _maker.Make(JoinedRow.Of([half], half.Line), half.Line, isWhole: false);
        return row.Fate == RowFate.Rejected ? row : row with
        {
            Fate = RowFate.Suspended,
            Suspense = SuspenseReason.ConflictingDuplicate,
            Fault = new RowFault(RejectReason.None, "", $"the call has another {half.Role}"),
        };
    }

    private CallHalf? HalfOf(SourceRow source, string role, out RowFault? fault)
    {
        var join = _profile.Document.Join!;
        var key = join.Key.Select(column => source.Find(column) ?? "").ToList();
        var told = key.Exists(text => text.Length > 0);
        key.AddRange((join.EitherWay ?? []).Select(column => source.Find(column) ?? "").Order(StringComparer.Ordinal));
        var of = _maker.SourceOf(JoinedRow.Of(source, role));
        fault = told && of.Length > 0 ? null : new RowFault(RejectReason.MissingField, told ? "source" : join.Key[0], "the row tells no call");
        if (fault is null && _profile.Parts is { } parts)
        {
            // numbers of calls are a switch's own
            key.Insert(0, of);
            (role, fault) = parts.RoleOf(source);
        }

        if (fault is not null)
        {
            return null;
        }

        var columns = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var column in _profile.Columns)
        {
            if (source.Find(column) is { Length: > 0 } text)
            {
                columns.Add(column, text);
            }
        }

        return new CallHalf(of, string.Join('\u001F', key), role, source.Line, columns);
    }
}
