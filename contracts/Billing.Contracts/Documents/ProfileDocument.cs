namespace Billing.Contracts.Documents;

/// <summary>
/// How the call records of a switch become <c>cdr v1</c>: what the file is made of, which rows are calls, where each field comes from, what is
/// checked and which rows belong together. <c>contracts/profiles/README.md</c> tells how to write one.
/// </summary>
public sealed record ProfileDocument
{
    /// <summary>The name of the schema that the document keeps to, for editors.</summary>
    [System.Text.Json.Serialization.JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    /// <summary>Lower-case letters, digits and dashes.</summary>
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>What a reader should know: traps of the format and what becomes of them.</summary>
    public IReadOnlyList<string>? Notes { get; init; }

    /// <summary>The IANA time zone of stamps that are written without an offset, unless the field names another.</summary>
    public string? Zone { get; init; }

    public required ContainerDocument Container { get; init; }

    /// <summary>What a row is: the first whose condition holds. A row of which none holds is rejected.</summary>
    public required IReadOnlyList<RowDocument> Rows { get; init; }

    /// <summary>By column of <c>cdr v1</c>.</summary>
    public required IReadOnlyDictionary<string, FieldDocument> Fields { get; init; }

    public IReadOnlyList<DurationCheckDocument>? Checks { get; init; }

    public JoinDocument? Join { get; init; }

    public TrailerDocument? Trailer { get; init; }
}

/// <summary>What a file is made of.</summary>
public sealed record ContainerDocument
{
    /// <summary><c>csv</c>, <c>fixed-width</c>, <c>json</c> (one or more objects, or an array of them), <c>ndjson</c> or <c>xml</c>.</summary>
    public required string Type { get; init; }

    /// <summary>csv: one character; a comma when absent.</summary>
    public string? Separator { get; init; }

    /// <summary>csv: one character; a double quote when absent, empty when nothing is quoted.</summary>
    public string? Quote { get; init; }

    /// <summary>csv: the names of the columns of a file without a header line.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>csv without a header line: fewer fields than this are refused; as many as there are names when absent.</summary>
    public int? LeastColumns { get; init; }

    /// <summary>csv with a header line: columns that may be missing.</summary>
    public IReadOnlyList<string>? OptionalColumns { get; init; }

    /// <summary>csv: header lines by their first column, when there is more than one kind; fixed-width: lines by how they begin.</summary>
    public IReadOnlyList<LayoutDocument>? Layouts { get; init; }

    /// <summary>xml: the element that is a record.</summary>
    public string? Record { get; init; }
}

/// <summary>One kind of line in a file. Its name is the column <c>@layout</c> of the rows.</summary>
public sealed record LayoutDocument
{
    public required string Name { get; init; }

    /// <summary>csv: the name of the first column in this layout's header line.</summary>
    public string? FirstColumn { get; init; }

    /// <summary>fixed-width: how the line begins.</summary>
    public string? StartsWith { get; init; }

    /// <summary>fixed-width: where the columns stand.</summary>
    public IReadOnlyDictionary<string, PlaceDocument>? Columns { get; init; }
}

/// <summary>Where a column stands in a line: its first character, counted from 1, and its length. Spaces around it are no part of it.</summary>
public sealed record PlaceDocument(int At, int Length);

/// <summary>What rows are.</summary>
public sealed record RowDocument
{
    /// <summary><c>call</c>, or a word under which rows that are no calls are counted.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// Of a call whose rows are joined: <c>start</c>, <c>end</c>, or <c>alone</c> for one that needs no other; where calls have
    /// <see cref="JoinDocument.Parts"/>, <c>part</c> or <c>alone</c>.
    /// </summary>
    public string? Role { get; init; }

    public ConditionDocument? When { get; init; }
}

/// <summary>What must hold of a row; all members that are given must.</summary>
public sealed record ConditionDocument
{
    public string? Column { get; init; }

    public IReadOnlyList<string>? Is { get; init; }

    public IReadOnlyList<string>? IsNot { get; init; }

    public IReadOnlyList<string>? StartsWith { get; init; }

    public bool? Empty { get; init; }

    public IReadOnlyList<ConditionDocument>? All { get; init; }

    public IReadOnlyList<ConditionDocument>? Any { get; init; }
}

/// <summary>
/// Where a field comes from and how it is converted. The steps are taken in the order of the members; a text that became empty stays empty.
/// </summary>
public sealed record FieldDocument
{
    /// <summary>The field is empty when this does not hold.</summary>
    public ConditionDocument? When { get; init; }

    public string? Constant { get; init; }

    public string? Column { get; init; }

    /// <summary>Several columns, put together with <see cref="Separator"/>; empty ones are left out.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>A dash when absent.</summary>
    public string? Separator { get; init; }

    /// <summary>The first of these that is not empty.</summary>
    public IReadOnlyList<FieldDocument>? First { get; init; }

    /// <summary><c>url</c>: percent signs and two hexadecimal digits stand for a byte.</summary>
    public string? Decode { get; init; }

    /// <summary>What stands behind the first occurrence of this text, if it occurs.</summary>
    public string? After { get; init; }

    /// <summary>What stands before the first occurrence of one of these texts, if one occurs.</summary>
    public IReadOnlyList<string>? Before { get; init; }

    /// <summary>Texts that mean nothing.</summary>
    public IReadOnlyList<string>? None { get; init; }

    /// <summary>Beginnings of numbers and what takes their place; the first that fits.</summary>
    public IReadOnlyList<PrefixDocument>? Prefixes { get; init; }

    /// <summary>Words of the switch and what they mean.</summary>
    public IReadOnlyDictionary<string, string>? Map { get; init; }

    /// <summary>What a word means that <see cref="Map"/> does not name; without it such a row is rejected.</summary>
    public string? Otherwise { get; init; }

    /// <summary>A longer text becomes its SHA-256 in hexadecimal.</summary>
    public int? DigestBeyond { get; init; }

    public TimeDocument? Time { get; init; }
}

/// <summary>The beginning of a number and what takes its place.</summary>
public sealed record PrefixDocument(string From, string To);

/// <summary>How an instant is written.</summary>
public sealed record TimeDocument
{
    /// <summary>
    /// One or more of <c>iso</c> (with an offset), <c>epoch-s</c>, <c>epoch-ms</c>, <c>epoch-us</c>, or a pattern such as
    /// <c>yyyy-MM-dd HH:mm:ss</c>. A text of none of them is rejected.
    /// </summary>
    public required IReadOnlyList<string> Forms { get; init; }

    /// <summary>The IANA time zone of a pattern; the profile's when absent.</summary>
    public string? Zone { get; init; }

    /// <summary>A duration that is added.</summary>
    public DurationDocument? Plus { get; init; }
}

/// <summary>A column that holds a duration.</summary>
/// <param name="Unit"><c>s</c> (up to three decimals), <c>ms</c>, <c>us</c> or <c>hhmmss</c>.</param>
/// <param name="Sum">True: the durations of all parts of the call, added up.</param>
public sealed record DurationDocument(string Column, string Unit = "s", bool Sum = false);

/// <summary>A duration that must agree with two stamps. One that is negative or no duration is rejected.</summary>
public sealed record DurationCheckDocument
{
    public required DurationDocument Duration { get; init; }

    /// <summary>The two columns of <c>cdr v1</c>; nothing is compared when one is empty.</summary>
    public required IReadOnlyList<string> Between { get; init; }

    /// <summary>Milliseconds by which they may differ.</summary>
    public required long ToleranceMs { get; init; }

    public ConditionDocument? When { get; init; }

    /// <summary>What becomes of a row that differs by more: <c>suspend</c> or <c>reject</c>.</summary>
    public required string Otherwise { get; init; }
}

/// <summary>
/// Rows that are one call. The columns of the row that begins it are <c>start.NAME</c>, those of the row that ends it <c>end.NAME</c>; a row that
/// is alone has the first.
/// </summary>
public sealed record JoinDocument
{
    /// <summary>Columns that are equal in both rows.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>Columns that are equal in both rows or stand the other way round, as the tags of both sides do.</summary>
    public IReadOnlyList<string>? EitherWay { get; init; }

    /// <summary>How long a half waits for its other half, which may come in another file, before it is suspended; parts wait so long after the last of them that came.</summary>
    public required int WaitHours { get; init; }

    /// <summary>Calls that are written in any number of parts, not in two rows.</summary>
    public PartsDocument? Parts { get; init; }
}

/// <summary>
/// The partial records of a long call: told by their <see cref="Number"/>, or, where rows only say that they are the first or the last, by the
/// stamps with which one goes on where another ended. <c>start.NAME</c> are then the columns of the first part, <c>end.NAME</c> those of the last.
/// </summary>
public sealed record PartsDocument
{
    /// <summary>The column that counts the parts of a call: 1, 2, 3 and so on.</summary>
    public string? Number { get; init; }

    /// <summary>Without numbers: what holds of the first part.</summary>
    public ConditionDocument? First { get; init; }

    /// <summary>What holds of the last part.</summary>
    public required ConditionDocument Last { get; init; }

    /// <summary>Without numbers: when the part begins.</summary>
    public FieldDocument? Begin { get; init; }

    /// <summary>Without numbers: when the part ends, which is when the next one begins.</summary>
    public FieldDocument? End { get; init; }

    /// <summary>Without numbers: milliseconds by which end and begin may differ.</summary>
    public long? ToleranceMs { get; init; }
}

/// <summary>The last line of a file, which says what the file should hold. A file that does not is refused whole.</summary>
public sealed record TrailerDocument
{
    public required string Layout { get; init; }

    /// <summary>The column that tells the number of calls.</summary>
    public string? Count { get; init; }

    /// <summary>The layout of the first line, and the columns that must be the same in both.</summary>
    public string? Header { get; init; }

    public IReadOnlyList<string>? Same { get; init; }
}
