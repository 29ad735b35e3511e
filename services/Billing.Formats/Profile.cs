using System.Text.RegularExpressions;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats.Fields;
using Billing.Formats.Joining;
using Billing.Rating.Records;
using NodaTime;

namespace Billing.Formats;

/// <summary>A profile, ready to read files with.</summary>
public sealed partial class Profile
{
    /// <summary>The columns of cdr v1 that hold numbers of parties.</summary>
    public static IReadOnlyList<string> NumberFields { get; } = ["calling_number", "called_number", "forwarded_by", "presented_number"];

    private Profile(ProfileDocument document) => Document = document;

    public ProfileDocument Document { get; }

    public string Name => Document.Name;

    /// <summary>True when calls are made of rows that may come in different files.</summary>
    public bool JoinsRows => Document.Join is not null;

    /// <summary>True when those rows are any number of parts.</summary>
    public bool JoinsParts => Parts is not null;

    /// <summary>What tells the place of a part in its call; null when calls are not made of parts.</summary>
    internal PartRule? Parts { get; private set; }

    internal IReadOnlyList<(RowDocument Row, Condition When)> Rows { get; private set; } = [];

    /// <summary>In the order of the columns of <c>cdr v1</c>; null where the profile names none.</summary>
    internal IReadOnlyList<FieldSource?> Fields { get; private set; } = [];

    internal IReadOnlyList<DurationCheck> Checks { get; private set; } = [];

    /// <summary>The columns of the file that the profile speaks of.</summary>
    public IReadOnlySet<string> Columns { get; private set; } = new HashSet<string>();

    /// <summary>Those of them that numbers of parties come from: of a row that a called side sent it is the caller's that is the other party's.</summary>
    public IReadOnlySet<string> NumberColumns { get; private set; } = new HashSet<string>();

    /// <summary>The profile, or the first thing that is wrong with it.</summary>
    /// <param name="source">Stands for the field <c>source</c>: the name of the switch, when several write the same format.</param>
    public static (Profile? Profile, DocumentFault? Fault) Compile(ProfileDocument document, string? source = null)
    {
        try
        {
            if (source is not null)
            {
                if (!CdrParser.IsSource(source))
                {
                    // every row would be rejected, and the file known as taken in
                    throw new ProfileException("source", "a name of 1 to 64 letters, digits, '.', '_' and '-' is expected");
                }

                document = document with { Fields = new Dictionary<string, FieldDocument>(document.Fields) { ["source"] = new() { Constant = source } } };
            }

            var profile = new Profile(document);
            profile.Compile();
            return (profile, null);
        }
        catch (ProfileException fault)
        {
            return (null, new DocumentFault(fault.Path, fault.Message));
        }
    }

    internal static DateTimeZone ZoneOf(string id, string path) =>
        DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) ?? throw new ProfileException(path, $"'{id}' is no time zone");

    internal static void CheckUnit(DurationDocument duration, string path)
    {
        if (!Durations.Units.Contains(duration.Unit))
        {
            throw new ProfileException($"{path}.unit", $"'{duration.Unit}' is none of {string.Join(", ", Durations.Units)}");
        }
    }

    private void Compile()
    {
        if (!NameForm().IsMatch(Name))
        {
            throw new ProfileException("$.name", "a name has lower-case letters, digits and dashes");
        }

        if (Document.Zone is { } zone)
        {
            ZoneOf(zone, "$.zone");
        }

        var columns = new HashSet<string>();
        CheckContainer(Document.Container);
        Fields = CompileFields(columns);
        Rows = CompileRows(columns);
        Checks = [.. (Document.Checks ?? []).Select((check, i) => DurationCheck.Compile(check, $"$.checks[{i}]", columns))];
        CompileJoin(columns);
        CheckSums();
        columns.Remove(SourceRow.LayoutColumn);
        Columns = columns;
        CheckTrailer();
    }

    private FieldSource?[] CompileFields(HashSet<string> columns)
    {
        if (Document.Fields.Keys.FirstOrDefault(name => CdrColumns.Names.All(column => column != name)) is { } unknown)
        {
            throw new ProfileException($"$.fields.{unknown}", $"'{unknown}' is no column of cdr v1");
        }

        if (CdrColumns.Required.Select(column => CdrColumns.Names[(int)column]).FirstOrDefault(name => !Document.Fields.ContainsKey(name)) is { } missing)
        {
            throw new ProfileException("$.fields", $"'{missing}' is required");
        }

        var fields = CdrColumns.Names.Select(name => Document.Fields.TryGetValue(name, out var field) ? FieldSource.Compile(field, name, Document.Zone, $"$.fields.{name}", columns) : null).ToArray();
        NumberColumns = NumberFields.Where(Document.Fields.ContainsKey).SelectMany(name => ColumnsOf(Document.Fields[name])).ToHashSet();
        foreach (var time in (string[])["started_at", "answered_at", "ended_at", "speech_lost_at"])
        {
            if (Document.Fields.TryGetValue(time, out var field) && !HasTime(field))
            {
                throw new ProfileException($"$.fields.{time}", "a time needs 'time' with its forms");
            }
        }

        return fields;
    }

    private static HashSet<string> ColumnsOf(FieldDocument field)
    {
        var columns = new HashSet<string>(field.Columns ?? (field.Column is { } column ? [column] : []));
        columns.UnionWith((field.First ?? []).SelectMany(ColumnsOf));
        return [.. columns.Select(JoinedRow.NameInFile)];
    }

    internal static bool HasTime(FieldDocument field) => field.Time is not null || field.First?.All(HasTime) == true;

    private List<(RowDocument, Condition)> CompileRows(HashSet<string> columns)
    {
        var rows = new List<(RowDocument, Condition)>();
        foreach (var (row, i) in Document.Rows.Select((row, i) => (row, i)))
        {
            if (row.Kind == "call" != row.Role is not null && Document.Join is not null)
            {
                throw new ProfileException($"$.rows[{i}].role", "of rows that are joined a call needs a role, and nothing else has one");
            }

            if (row.Role is not (null or "start" or "end" or "part" or "alone") || (row.Role is not null && Document.Join is null))
            {
                throw new ProfileException($"$.rows[{i}].role", "start, end or alone, where rows are joined");
            }

            if (Document.Join is { } join && (join.Parts is null ? row.Role is "part" : row.Role is "start" or "end"))
            {
                throw new ProfileException($"$.rows[{i}].role", "a call has parts where 'join' tells them, and else a start and an end");
            }

            rows.Add((row, Condition.Compile(row.When, $"$.rows[{i}].when", columns)));
        }

        return rows.Exists(row => row.Item1.Kind == "call") ? rows : throw new ProfileException("$.rows", "no row is a call");
    }

    private void CompileJoin(HashSet<string> columns)
    {
        if (Document.Join is not { } join)
        {
            return;
        }

        if (join.Key.Count == 0 || join.EitherWay is { Count: not 2 } || join.WaitHours is < 1 or > 24 * 90)
        {
            throw new ProfileException("$.join", "a key of at least one column, two columns either way, and a wait of 1 to 2160 hours are needed");
        }

        // fields speak of start.NAME and end.NAME; the file has NAME
        foreach (var column in columns.ToList())
        {
            columns.Remove(column);
            columns.Add(JoinedRow.NameInFile(column));
        }

        Parts = join.Parts is { } parts ? PartRule.Compile(parts, Document.Zone, columns) : null;
        columns.UnionWith(join.Key);
        columns.UnionWith(join.EitherWay ?? []);
    }

    /// <summary>Only parts can be added up.</summary>
    private void CheckSums()
    {
        if (Parts is null
            && (((Document.Checks ?? []).Any(check => check.Duration.Sum) ? "$.checks" : null)
                ?? Document.Fields.Where(field => HasSum(field.Value)).Select(field => $"$.fields.{field.Key}").FirstOrDefault()) is { } path)
        {
            throw new ProfileException(path, "a 'sum' is that of the parts of a call, which 'join' tells nothing of");
        }
    }

    private static bool HasSum(FieldDocument field) => field.Time?.Plus?.Sum == true || field.First?.Any(HasSum) == true;

    private static void CheckContainer(ContainerDocument container)
    {
        var fault = container.Type switch
        {
            "csv" when container.Separator is { Length: not 1 } || container.Quote is { Length: > 1 } => "separator and quote are one character each",
            "csv" when container is { Columns: not null, Layouts: not null } => "layouts are told by header lines, which a file with 'columns' has none of",
            "csv" when container.Layouts?.Any(layout => layout.FirstColumn is null) == true => "a layout of csv needs 'firstColumn'",
            "fixed-width" when container.Layouts is not { Count: > 0 } => "fixed-width needs 'layouts'",
            "fixed-width" when container.Layouts.Any(layout => layout.StartsWith is null || layout.Columns is null) => "a layout of fixed-width needs 'startsWith' and 'columns'",
            "fixed-width" when container.Layouts.Any(layout => layout.Columns!.Values.Any(place => place.At < 1 || place.Length < 1)) => "a place begins at 1 or later and has a length",
            "xml" when container.Record is null => "xml needs 'record', the element that is a record",
            "csv" or "fixed-width" or "json" or "ndjson" or "xml" => null,
            _ => $"'{container.Type}' is none of csv, fixed-width, json, ndjson, xml",
        };
        if (fault is not null)
        {
            throw new ProfileException("$.container", fault);
        }
    }

    private void CheckTrailer()
    {
        if (Document.Trailer is { } trailer
            && (Document.Container.Layouts?.Any(layout => layout.Name == trailer.Layout) != true
                || (trailer.Header is { } header && !Document.Container.Layouts.Any(layout => layout.Name == header))
                || (trailer.Same is not null && trailer.Header is null)))
        {
            throw new ProfileException("$.trailer", "trailer and header are layouts of the container; 'same' needs 'header'");
        }
    }

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex NameForm();
}
