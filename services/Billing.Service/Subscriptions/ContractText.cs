using Billing.Contracts.Documents;
using Billing.Service.Knowledge;
using NodaTime;

namespace Billing.Service.Subscriptions;

/// <summary>A contract in a list.</summary>
public sealed record ContractRow(
    string Contract, ServiceKind Service, string Customer, LocalDate OpenedOn, LocalDate? TerminatedOn, int? Numbers, Contracts.Yen? UsageLimit)
{
    /// <summary>The contract with the count of all its numbers, whenever they are in service, and the limit set last.</summary>
    public static ContractRow Of(SubscribedContract contract) => new(
        contract.Contract,
        contract.Service,
        contract.Customer.Name,
        contract.OpenedOn,
        contract.TerminatedOn,
        contract.Numbers.Select(entry => entry.Number).Distinct(StringComparer.Ordinal).Count(),
        contract.Limits.MaxBy(limit => limit.From)?.Amount);

    /// <inheritdoc cref="Of(SubscribedContract)"/>
    public static ContractRow Of(ContractDocument contract) => new(
        contract.Id,
        contract.Service,
        contract.Customer.Name,
        contract.OpenedOn,
        contract.TerminatedOn,
        contract.Numbers.Select(entry => entry.Number).Distinct(StringComparer.Ordinal).Count(),
        contract.UsageLimits?.MaxBy(limit => limit.From)?.Amount);
}

/// <summary>The contracts known at a number.</summary>
public sealed record ContractList(long KnowledgeNo, IReadOnlyList<ContractRow> Contracts);

/// <summary>Contracts as the command line prints them for people.</summary>
internal static class ContractText
{
    public static void List(TextWriter text, IReadOnlyList<ContractRow> rows)
    {
        var width = Math.Max(8, rows.Select(row => row.Contract.Length).DefaultIfEmpty().Max());
        text.WriteLine($"{"contract".PadRight(width)}  service  opened      terminated  numbers       limit  customer");
        foreach (var row in rows)
        {
            text.WriteLine(
                $"{row.Contract.PadRight(width)}  {Service(row.Service),-7}  {Date(row.OpenedOn),-10}  {Date(row.TerminatedOn),-10}  {row.Numbers,7}  {row.UsageLimit?.ToString() ?? "-",10}  {row.Customer}");
        }

        text.WriteLine(Counted.Of(rows.Count, "contract"));
    }

    public static void Show(TextWriter text, SubscribedContract contract, KnownDocuments known)
    {
        text.WriteLine($"{contract.Contract}  {Service(contract.Service)}  {Period(contract.OpenedOn, contract.TerminatedOn)}");
        text.WriteLine($"customer         {contract.Customer.Name}{(contract.Customer.CorporateNumber is { } number ? $", corporate number {number}" : "")}");
        if (contract.Station is { } station)
        {
            text.WriteLine($"Billing Station  {Period(station.From, station.To)}{StationEnd(contract, known)}");
        }

        foreach (var limit in contract.Limits)
        {
            text.WriteLine($"usage limit      {limit.Amount} yen a month, {Period(limit.From, limit.To)}");
        }

        foreach (var option in contract.Options)
        {
            text.WriteLine($"option           {option.Code} × {option.Quantity}, {Period(option.From, option.To)}");
        }

        foreach (var deposit in contract.Deposits)
        {
            text.WriteLine($"deposit          {deposit.Kind} {deposit.Amount} yen on {Date(deposit.On)}");
        }

        foreach (var entry in contract.Numbers)
        {
            text.WriteLine($"number           {entry.Number}{(entry.MobileNumber is { } mobile ? $" = {mobile}" : "")}, {Period(entry.From, entry.To)}{(entry.Department is { } department ? $", {department}" : "")}");
        }

        text.WriteLine($"known            at number {known.No}, version {contract.Version} of the contract");
    }

    private static string StationEnd(SubscribedContract contract, KnownDocuments known) =>
        BillingStationEnd.Of(contract.ToDocument(), known.Contracts.Select(other => other.ToDocument()).ToList()) is { } end
            ? $", ends after {Date(end.PlusDays(-1))} (R12)"
            : "";

    private static string Service(ServiceKind service) => service == ServiceKind.WMode ? "w-mode" : "biz";

    private static string Period(LocalDate from, LocalDate? to) => to is { } end ? $"{Date(from)} to {Date(end.PlusDays(-1))}" : $"from {Date(from)}";

    private static string Date(LocalDate? date) => date is { } day ? day.ToString("uuuu-MM-dd", System.Globalization.CultureInfo.InvariantCulture) : "-";
}
