using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Hosting.MonthClose;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using NodaTime;
using Npgsql;
using Wolverine.Attributes;

namespace Billing.Service.Invoicing;

/// <summary>
/// The scheduled close of a month issues its invoices as the command line does. A repeat does no harm: what is issued stays,
/// what was parked is tried again.
/// </summary>
public static partial class IssueMonthHandler
{
    private const int SixHours = 6 * 3600;

    [MessageTimeout(SixHours)]
    public static async Task Handle(IssueMonth message, NpgsqlDataSource database, IClock clock, BillingSettings settings, ILogger<IssueInvoices> log, CancellationToken cancel)
    {
        var (terms, fault) = InvoiceTerms.From(settings);
        if (terms is null)
        {
            throw new RefusedException(fault!);
        }

        var knowledge = await new KnowledgeLoader(database).LoadAsync(cancellation: cancel);
        var (report, refusal) = await new IssueInvoices(database, knowledge, terms, clock).RunAsync(message.Month, null, null, cancel);
        if (report is null)
        {
            throw new RefusedException(refusal!);
        }

        Issued(log, report.Issued, report.Month, report.Total, report.AlreadyIssued);
        foreach (var parked in report.Parked)
        {
            Parked(log, parked.Contract, report.Month, parked.Refusal);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Issued} invoices of {Month} issued, {Total} yen; {AlreadyIssued} were issued before")]
    private static partial void Issued(ILogger log, int issued, UsageMonth month, Yen total, int alreadyIssued);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No invoice for contract {Contract} and {Month}: {Refusal}")]
    private static partial void Parked(ILogger log, string contract, UsageMonth month, Refusal refusal);
}
