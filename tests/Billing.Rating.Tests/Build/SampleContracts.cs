using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Subscriptions;
using NodaTime;
using NodaTime.Text;

namespace Billing.Rating.Tests;

/// <summary>Contracts in few words. Dates are <c>YYYY-MM-DD</c>.</summary>
internal static class SampleContracts
{
    public const string BizNumber = "05033000001";
    public const string WModeNumber = "05033100001";
    public const string PairedMobile = "09011112222";

    public static ContractDocument Biz => new()
    {
        Id = "C-BIZ",
        Service = ServiceKind.Biz,
        Customer = new CustomerDocument { Name = "Example KK" },
        OpenedOn = Date("2026-04-01"),
        Numbers = [Number(BizNumber)],
    };

    public static ContractDocument WMode => new()
    {
        Id = "C-WMODE",
        Service = ServiceKind.WMode,
        Customer = new CustomerDocument { Name = "Sample KK" },
        OpenedOn = Date("2026-04-01"),
        Numbers = [Number(WModeNumber, PairedMobile)],
    };

    public static LocalDate Date(string text) => LocalDatePattern.Iso.Parse(text).Value;

    public static LocalDate? DateOrOpen(string? text) => text is null ? null : Date(text);

    public static NumberDocument Number(string number, string? mobile = null, string from = "2026-04-01", string? to = null) =>
        new() { Number = number, MobileNumber = mobile, From = Date(from), To = DateOrOpen(to) };

    public static UsageLimitDocument Limit(long yen, string from = "2026-04-01", string? to = null) =>
        new() { Amount = Yen.Whole(yen), From = Date(from), To = DateOrOpen(to) };

    public static OptionDocument Option(string code, int quantity, string from, string? to = null) =>
        new() { Code = code, Quantity = quantity, From = Date(from), To = DateOrOpen(to) };

    public static BillingStationDocument Station(string from = "2026-04-01", string? to = null) =>
        new() { From = Date(from), To = DateOrOpen(to) };

    public static ContractDocument Open(this ContractDocument contract, string openedOn, string? terminatedOn = null) =>
        contract with { OpenedOn = Date(openedOn), TerminatedOn = DateOrOpen(terminatedOn) };

    public static ContractDocument Limited(this ContractDocument contract, long yen) => contract with { UsageLimits = [Limit(yen)] };

    public static ContractDocument CorporateNumber(this ContractDocument contract, string? number) =>
        contract with { Customer = contract.Customer with { CorporateNumber = number } };

    public static ContractsDocument Document(params IReadOnlyList<ContractDocument> contracts) => new() { Contracts = contracts };

    public static ContractBook Book(params IReadOnlyList<ContractDocument> contracts)
    {
        var (book, fault) = ContractBook.Compile(Document(contracts));
        fault.ShouldBeNull();
        return book.ShouldNotBeNull();
    }
}
