using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Ingestion;
using NodaTime;

namespace Billing.Service.Explaining;

/// <summary>The whole reasoning of a call: what was recorded, what was made of it and why, and where it is billed.</summary>
public sealed record CallExplanation
{
    public required string Source { get; init; }

    public required string RecordId { get; init; }

    /// <summary>What the record is: <c>rated</c>, <c>unanswered</c>, <c>suspended</c>, <c>voided</c>, <c>rejected</c>.</summary>
    public required string Outcome { get; init; }

    /// <summary>What does not agree with the log and is a defect or a tampering; empty when all is well.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>True when called numbers are shown without their last digits.</summary>
    public required bool Masked { get; init; }

    /// <summary>The number of the knowledge that the steps follow; null of a rejected row.</summary>
    public long? Known { get; init; }

    /// <summary>The instant as of which it is explained; null: as it was rated.</summary>
    public Instant? AsOf { get; init; }

    /// <summary>The facts that are rated: as captured, or as corrected since.</summary>
    public CallRecord? Record { get; init; }

    /// <summary>The facts as captured, when they were corrected since; null: <see cref="Record"/> is as captured.</summary>
    public CallRecord? Captured { get; init; }

    /// <summary>What came of the steps.</summary>
    public CallResult? Result { get; init; }

    /// <summary>How the result as of another instant differs from what stands; null when it does not, or as it was rated.</summary>
    public CallDifference? Difference { get; init; }

    public IReadOnlyList<ExplainedStep> Steps { get; init; } = [];

    public CallLimitShare? Limit { get; init; }

    public CarryingLine? Invoice { get; init; }

    /// <summary>The events about this identity, in order.</summary>
    public IReadOnlyList<CallHappening> Events { get; init; } = [];

    /// <summary>Rows of the same source and record id that could not be read.</summary>
    public IReadOnlyList<RejectedRow> Rejected { get; init; } = [];
}

/// <summary>A step of a reasoning with its figures, and one sentence of it for a person.</summary>
/// <param name="Figures">Members by the kind of step.</param>
public sealed record ExplainedStep(string Rule, string Step, object Figures, string Ja, string En)
{
    /// <summary>The sentence in a language: <c>ja</c> or <c>en</c>.</summary>
    internal string In(string language) => language == "ja" ? Ja : En;
}

/// <summary>What rating says of the record; absent members do not apply to the outcome.</summary>
public sealed record CallResult(
    string Outcome,
    string? Reason,
    string? Contract,
    string? Number,
    UsageMonth? UsageMonth,
    string? Class,
    string? Carrier,
    string? Destination,
    string? StrippedPrefix,
    string? TaxCategory,
    Seconds Chargeable,
    long Units,
    Yen Charge,
    Seconds? Tail,
    Yen? TailCharge,
    bool TailOverLimit,
    string? TariffVersion)
{
    /// <summary>The names of the members in which two results differ.</summary>
    internal IReadOnlyList<string> DifferencesFrom(CallResult other) =>
        [.. typeof(CallResult).GetProperties().Where(member => !Equals(member.GetValue(this), member.GetValue(other))).Select(member => member.Name)];
}

/// <summary>What stands, and by how much the charge would be another.</summary>
public sealed record CallDifference(CallResult Stands, Yen ChargeDifference, string Ja, string En);

/// <summary>
/// The call's place in the walk of its month's usage limit: all rated calls by (answered, source, record id) as they stand now.
/// </summary>
/// <param name="Limit">The month's limit; null without one.</param>
/// <param name="Known">The knowledge from which the limit is taken: that of the invoice, or the latest.</param>
/// <param name="Before">The charges of the calls before this one.</param>
/// <param name="Beyond">The part of this call's charge that lies beyond the limit.</param>
public sealed record CallLimitShare(Yen? Limit, long Known, long Place, long Calls, Yen Before, Yen Charge, Yen Beyond, string Ja, string En);

/// <summary>The invoice that covers the call, and its line.</summary>
/// <param name="Number">Null: no invoice covers the call yet.</param>
/// <param name="Line">The number of the line from 1; null of an unanswered call, which is on none.</param>
public sealed record CarryingLine(string? Number, int? Line, string? Section, UsageMonth? Month, Yen? LineAmount, string? TaxCategory, Instant? IssuedAt, string Ja, string En);

/// <summary>One event about a call.</summary>
/// <param name="Event">recorded, suspended, conflicting, released, voided, corrected, rerated, not-rerated (it was given back), given-back.</param>
/// <param name="Call">The event that it is about, where that is another.</param>
public sealed record CallHappening(
    string Event, Guid Id, string Stream, long Version, Instant RecordedAt, string Ja, string En)
{
    public Guid? Call { get; init; }

    /// <summary>The voided record whose place this one takes.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>The record that took the place of the voided one.</summary>
    public Guid? ReplacedBy { get; init; }

    public long? Delivery { get; init; }

    public string? File { get; init; }

    public string? Sha256 { get; init; }

    public long? Line { get; init; }

    public long? Known { get; init; }

    public string? Reason { get; init; }

    /// <summary>Who voided, corrected or gave it back, and on what evidence.</summary>
    public CorrectionGrounds? Grounds { get; init; }

    /// <summary>The members in which a conflicting, corrected or replacing record differs from the one before.</summary>
    public IReadOnlyList<string>? Differs { get; init; }
}
