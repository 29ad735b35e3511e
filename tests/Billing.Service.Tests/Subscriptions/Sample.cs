using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Tests.Subscriptions;

/// <summary>Contracts in few words. Dates are <c>YYYY-MM-DD</c>; numbers that are not named are used nowhere else.</summary>
internal static class Sample
{
    private static int _next;

    public static ContractDocument Biz => new()
    {
        Id = NextId(),
        Service = ServiceKind.Biz,
        Customer = new CustomerDocument { Name = "Example KK", Kind = "corporate", Country = "JP" },
        OpenedOn = Date("2026-04-01"),
        Numbers = [Number(NextNumber())],
    };

    public static ContractDocument WMode => Biz with
    {
        Service = ServiceKind.WMode,
        Numbers = [Number(NextNumber(), NextMobile())],
        BillingStation = StationFrom("2026-04-01"),
    };

    public static string NextId() => $"C-{Interlocked.Increment(ref _next):D6}";

    public static string NextNumber() => $"05033{Interlocked.Increment(ref _next):D6}";

    public static string NextMobile() => $"09010{Interlocked.Increment(ref _next):D6}";

    public static LocalDate Date(string text) => LocalDatePattern.Iso.Parse(text).Value;

    public static LocalDate? DateOrOpen(string? text) => text is null ? null : Date(text);

    public static NumberDocument Number(string number, string? mobile = null, string from = "2026-04-01", string? to = null) =>
        new() { Number = number, MobileNumber = mobile, From = Date(from), To = DateOrOpen(to) };

    public static BillingStationDocument StationFrom(string from, string? to = null) => new() { From = Date(from), To = DateOrOpen(to) };

    public static OptionDocument Phonebook(int quantity, string from = "2026-04-01", string? to = null) =>
        new() { Code = "web-phonebook", Quantity = quantity, From = Date(from), To = DateOrOpen(to) };

    public static UsageLimitDocument Limit(long yen, string from = "2026-04-01", string? to = null) =>
        new() { Amount = Yen.Whole(yen), From = Date(from), To = DateOrOpen(to) };

    public static ContractDocument Holding(this ContractDocument contract, params IReadOnlyList<NumberDocument> numbers) => contract with { Numbers = numbers };

    public static ContractDocument Between(this ContractDocument contract, string openedOn, string? terminatedOn) =>
        contract with { OpenedOn = Date(openedOn), TerminatedOn = DateOrOpen(terminatedOn) };

    public static ContractDocument Of(this ContractDocument contract, CustomerDocument customer) => contract with { Customer = customer };
}
