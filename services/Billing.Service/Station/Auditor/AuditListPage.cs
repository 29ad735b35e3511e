using Billing.Rating;
using Billing.Service.Access;
using Microsoft.AspNetCore.Components;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Station.Auditor;

/// <summary>A page with one of the auditor's lists, newest first: its filter stands in the address.</summary>
public abstract class AuditListPage : StationPage
{
    private const int PageSize = 100;
    private const int LongestText = 200;

    [SupplyParameterFromQuery(Name = "from")]
    public string? FromText { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public string? ToText { get; set; }

    [SupplyParameterFromQuery(Name = "who")]
    public string? Who { get; set; }

    [SupplyParameterFromQuery(Name = "after")]
    public string? After { get; set; }

    /// <summary>The first value that can not be read; null when all can.</summary>
    protected string? Wrong { get; private set; }

    /// <summary>The filter of the address; null when it can not be read.</summary>
    /// <param name="kind">Access log: one of its kinds; null for all.</param>
    /// <param name="contract">Reveals: whose numbers; null for all.</param>
    protected AuditFilter? Filter(string? kind, string? contract)
    {
        var (from, to) = (Day(FromText), Day(ToText));
        var cursor = string.IsNullOrEmpty(After) ? null : AuditCursor.TryRead(After);
        Wrong = !string.IsNullOrEmpty(FromText) && from is null ? FromText
            : !string.IsNullOrEmpty(ToText) && to is null ? ToText
            : kind is not null && !AccessKinds.All.Contains(kind) ? kind
            : new[] { Who, contract }.FirstOrDefault(text => text is { Length: > LongestText } || text?.Contains('\0', StringComparison.Ordinal) == true);
        return Wrong is not null ? null : new AuditFilter(Midnight(from), Midnight(to?.PlusDays(1)), Text(Who), kind, contract, cursor, PageSize);
    }

    /// <summary>The query of the next page.</summary>
    protected string Next(string next, params (string Name, string? Value)[] more) =>
        "?after=" + Uri.EscapeDataString(next) + string.Concat(
            new[] { ("from", FromText), ("to", ToText), ("who", Who) }.Concat(more).Where(member => !string.IsNullOrEmpty(member.Item2)).Select(member => $"&{member.Item1}={Uri.EscapeDataString(member.Item2!)}"));

    /// <summary>A text of the address; null when there is none.</summary>
    protected static string? Text(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    private static LocalDate? Day(string? text) => text is { Length: > 0 } && LocalDatePattern.Iso.Parse(text) is { Success: true, Value.Year: > 1900 and < 3000 } day ? day.Value : null;

    private static Instant? Midnight(LocalDate? day) => day is { } date ? Tokyo.BeginOf(date) : null;
}
