using Billing.Contracts;
using Billing.Rating;
using Billing.Service.Access;
using Billing.Service.Usage;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Station.Customer;

/// <summary>The filter of the page of calls, as it stands in the address.</summary>
/// <param name="Wrong">The first value that can not be read; null when all can.</param>
internal sealed record CallsQuery(string? Number, string? Department, string? Class, string? From, string? To, string? Min, string? Max, string? Wrong)
{
    public static CallsQuery Empty { get; } = new(null, null, null, null, null, null, null, null);

    public static CallsQuery Of(IQueryCollection query)
    {
        var read = new CallsQuery(Text("number"), Text("department"), Text("class"), Text("from"), Text("to"), Text("min"), Text("max"), null);
        return read with { Wrong = read.FirstWrong() };

        string? Text(string name) => query[name].ToString().Trim() is { Length: > 0 and <= 100 } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
    }

    /// <summary>What is asked of the calls of a month, within what the reader may see.</summary>
    public CallFilter Filter(UsageMonth month, Caller caller) => new(
        month,
        Day(From) is { } from ? Tokyo.BeginOf(from) : null,
        Day(To) is { } to ? Tokyo.BeginOf(to.PlusDays(1)) : null,
        Number?.Replace("-", "", StringComparison.Ordinal),
        Department is null ? caller.Departments : caller.MaySeeDepartment(Department) ? [Department] : [],
        Class,
        Outcome: null,
        Amount(Min),
        Amount(Max));

    /// <summary>The filter as it goes on in links of the page.</summary>
    public string ToQuery() => Query(("number", Number), ("department", Department), ("class", Class), ("from", From), ("to", To), ("min", Min), ("max", Max));

    /// <summary>The filter as the API names it.</summary>
    public string ToApiQuery() => Query(("number", Number), ("department", Department), ("class", Class), ("from", From), ("to", To), ("amountFrom", Min), ("amountTo", Max));

    private static string Query(params (string Name, string? Value)[] members) =>
        string.Concat(members.Where(member => member.Value is not null).Select(member => $"&{member.Name}={Uri.EscapeDataString(member.Value!)}"));

    private string? FirstWrong() =>
        From is not null && Day(From) is null ? From
        : To is not null && Day(To) is null ? To
        : Min is not null && Amount(Min) is null ? Min
        : Max is not null && Amount(Max) is null ? Max
        : null;

    private static LocalDate? Day(string? text) => text is not null && LocalDatePattern.Iso.Parse(text) is { Success: true } day && day.Value.Year is > 1900 and < 3000 ? day.Value : null;

    private static Yen? Amount(string? text) => Yen.TryParse(text?.Replace(",", "", StringComparison.Ordinal), out var yen) ? yen : null;
}
