using Billing.Contracts;
using Billing.Service.Access;
using Billing.Service.Invoicing;

namespace Billing.Service.Station.Customer;

/// <summary>The search of the page of invoices, as it stands in the address.</summary>
/// <param name="After">The number behind which the list goes on.</param>
/// <param name="Wrong">The first value that can not be read; null when all can.</param>
internal sealed record InvoicesQuery(string? Customer, string? Contract, string? From, string? To, string? Min, string? Max, string? After, string? Wrong)
{
    public static InvoicesQuery Empty { get; } = new(null, null, null, null, null, null, null, null);

    /// <summary>True when nothing is searched for.</summary>
    public bool IsEmpty => this with { After = null } == Empty;

    /// <summary>The list is ordered by number, of which alone it needs to know where it was.</summary>
    public InvoiceEntry? AfterEntry => After is null ? null : new InvoiceEntry(After, "", default, "", default, default, Yen.Zero, Yen.Zero, Yen.Zero, "");

    public static InvoicesQuery Of(IQueryCollection query)
    {
        var read = new InvoicesQuery(Text("customer"), Text("contract"), Text("from"), Text("to"), Text("min"), Text("max"), Text("after"), null);
        return read with { Wrong = read.FirstWrong() };

        string? Text(string name) => query[name].ToString().Trim() is { Length: > 0 and <= 100 } text && !text.Contains('\0', StringComparison.Ordinal) ? text : null;
    }

    /// <summary>The latest months first, within what the reader may see.</summary>
    public InvoiceSearch Search(Caller caller) => new(
        Month(From), Month(To),
        Contract is null ? caller.Contracts?.ToList() : caller.MaySee(Contract) ? [Contract] : [],
        Customer,
        TotalFrom: Amount(Min), TotalTo: Amount(Max),
        Descending: true);

    /// <summary>The search as it goes on in links, each member ended by an ampersand.</summary>
    public string ToQuery() => string.Concat(new (string Name, string? Value)[] { ("customer", Customer), ("contract", Contract), ("from", From), ("to", To), ("min", Min), ("max", Max) }
        .Where(member => member.Value is not null).Select(member => $"{member.Name}={Uri.EscapeDataString(member.Value!)}&"));

    private string? FirstWrong() =>
        From is not null && Month(From) is null ? From
        : To is not null && Month(To) is null ? To
        : Min is not null && Amount(Min) is null ? Min
        : Max is not null && Amount(Max) is null ? Max
        : null;

    private static UsageMonth? Month(string? text) => UsageMonth.TryParse(text, out var month) ? month : null;

    private static Yen? Amount(string? text) => Yen.TryParse(text?.Replace(",", "", StringComparison.Ordinal), out var yen) ? yen : null;
}
