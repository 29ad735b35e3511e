namespace Billing.Contracts.Documents;

/// <summary>
/// Which columns of another party's call list hold what, by the names in its header, and how they are written. Every member may be
/// left out.
/// </summary>
/// <param name="Calling">The column of the calling number.</param>
/// <param name="Called">The column of the called number.</param>
/// <param name="Start">The column of the instant at which the call began.</param>
/// <param name="StartFormat">A date and time pattern such as <c>yyyy/MM/dd HH:mm:ss</c>; ISO 8601 when absent, with or without an offset.</param>
/// <param name="TimeZone">The IANA time zone of a start that is written without an offset.</param>
/// <param name="StartMeans">What their start is of ours: <c>started</c> (the caller dialled) or <c>answered</c>.</param>
/// <param name="Duration">The column of the duration.</param>
/// <param name="DurationFormat"><c>seconds</c> (up to three decimals), <c>hh:mm:ss</c> or <c>mm:ss</c>.</param>
/// <param name="Amount">The column of the amount in tax-exclusive yen; without one prices are not compared.</param>
/// <param name="Id">The column of their own id of a call.</param>
/// <param name="Separator">What stands between the fields: one character, or <c>tab</c>.</param>
public sealed record ColumnMapDocument(
    string Calling = "calling",
    string Called = "called",
    string Start = "start",
    string? StartFormat = null,
    string TimeZone = "Asia/Tokyo",
    string StartMeans = "started",
    string Duration = "duration",
    string DurationFormat = "seconds",
    string? Amount = null,
    string? Id = null,
    string Separator = ",");
