using Billing.Contracts;
using Billing.Formats.Joining;

namespace Billing.Formats;

/// <summary>What a profile makes of a row. Every row of a file gets one.</summary>
public enum RowFate : byte
{
    /// <summary>A call: a line of <c>cdr v1</c>.</summary>
    Call,

    /// <summary>A line of <c>cdr v1</c> that somebody has to look at first.</summary>
    Suspended,

    /// <summary>Refused, with field and reason.</summary>
    Rejected,

    /// <summary>No call; counted under its kind.</summary>
    Skipped,

    /// <summary>A half or part of a call that another row of the same file completed: the call is counted there.</summary>
    Joined,

    /// <summary>The half of a call whose other half has not come yet.</summary>
    Waiting,

    /// <summary>A half that came before.</summary>
    Duplicate,
}

/// <summary>What became of one row of a switch's file.</summary>
public sealed record ProfiledRow(long Line, RowFate Fate)
{
    /// <summary>The texts of <c>cdr v1</c> in the order of its columns, of a call and of one that is suspended.</summary>
    public IReadOnlyList<string> Texts { get; init; } = [];

    /// <summary>Why the row is suspended.</summary>
    public SuspenseReason Suspense { get; init; }

    /// <summary>Why the row is rejected; of one that is suspended, what contradicts what.</summary>
    public RowFault? Fault { get; init; }

    /// <summary>The kind of a row that is no call.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The half that has to wait; of a call, the halves of earlier files that it was made with.</summary>
    public IReadOnlyList<CallHalf> Halves { get; init; } = [];

    /// <summary>Of a call that is made of parts, those of this file: they are kept so that copies of them are known.</summary>
    public IReadOnlyList<CallHalf> Made { get; init; } = [];

    /// <summary>Of a rejected row, as far as they are known.</summary>
    public string Source { get; init; } = "";

    /// <inheritdoc cref="Source"/>
    public string RecordId { get; init; } = "";
}
