using System.Text.Json.Serialization;
using Billing.Contracts;
using NodaTime;

namespace Billing.Service.Comparing;

/// <summary>What a row of the comparison is.</summary>
public enum RowClass
{
    /// <summary>Both sides have the call with the same start, duration and, where theirs has one, price.</summary>
    Equal,

    /// <summary>The same call; what differs is within the tolerances.</summary>
    WithinTolerance,

    /// <summary>The same call; the durations differ by more than the tolerance.</summary>
    BeyondTolerance,

    /// <summary>The same call and duration; the prices differ by more than the tolerance.</summary>
    PricedDifferently,

    /// <summary>They have a call that we do not bill; the reason says what we have instead, if anything.</summary>
    MissingHere,

    /// <summary>We bill a call that they do not have.</summary>
    MissingThere,
}

/// <summary>One call, or two records of one call, compared; the called number is masked.</summary>
/// <param name="Number">The 050 number of ours that it is booked on, or their calling number.</param>
public sealed record ComparedRow(string Class, string? Reason, string Number, string Called, ComparedCall? Ours, ComparedCall? Theirs)
{
    [JsonIgnore]
    internal RowClass Kind { get; init; }
}

/// <summary>One side of a row.</summary>
/// <param name="Record">Our source and record id, or their own id.</param>
/// <param name="Line">The line of their file; null on our side.</param>
/// <param name="Amount">Tax-exclusive yen; null when their list has none.</param>
public sealed record ComparedCall(string? Record, long? Line, Instant Start, Seconds Duration, Yen? Amount);
