namespace Billing.Rating.Records;

/// <summary>The columns of <c>cdr v1</c>.</summary>
public enum CdrColumn
{
    Source,
    RecordId,
    Kind,
    Mode,
    CallingNumber,
    CalledNumber,
    StartedAt,
    AnsweredAt,
    EndedAt,
    EndCause,
    SpeechLostAt,
    ForwardedBy,
    PresentedNumber,
    TerminatingCarrier,
    OriginCountry,
    Device,
    AppVersion,
}

/// <summary>Names and limits of the columns.</summary>
public static class CdrColumns
{
    public const int Count = 17;

    /// <summary>Column names in CSV.</summary>
    public static readonly IReadOnlyList<string> Names =
    [
        "source", "record_id", "kind", "mode", "calling_number", "called_number", "started_at", "answered_at", "ended_at",
        "end_cause", "speech_lost_at", "forwarded_by", "presented_number", "terminating_carrier", "origin_country", "device",
        "app_version",
    ];

    /// <summary>Member names in JSON.</summary>
    public static readonly IReadOnlyList<string> MemberNames =
    [
        "source", "recordId", "kind", "mode", "callingNumber", "calledNumber", "startedAt", "answeredAt", "endedAt",
        "endCause", "speechLostAt", "forwardedBy", "presentedNumber", "terminatingCarrier", "originCountry", "device",
        "appVersion",
    ];

    /// <summary>Columns that a file must have; <c>forwarded_by</c> is required only of a forward, <c>answered_at</c> of none.</summary>
    public static readonly IReadOnlyList<CdrColumn> Required =
    [
        CdrColumn.Source, CdrColumn.RecordId, CdrColumn.Kind, CdrColumn.Mode, CdrColumn.CallingNumber, CdrColumn.CalledNumber,
        CdrColumn.StartedAt, CdrColumn.EndedAt,
    ];

    internal static readonly byte[][] MemberNamesUtf8 = [.. MemberNames.Select(System.Text.Encoding.UTF8.GetBytes)];

    /// <summary>The longest text of a column in code points; 0: no limit of its own.</summary>
    internal static int MaxLength(CdrColumn column) => column switch
    {
        CdrColumn.Source => 64,
        CdrColumn.RecordId => 128,
        CdrColumn.CallingNumber or CdrColumn.CalledNumber => 64,
        _ => 0,
    };
}
