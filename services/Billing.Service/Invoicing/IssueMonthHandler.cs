using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Hosting.MonthClose;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
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
    public static async Task Handle(IssueMonth message, NpgsqlDataSource database, Shards shards, IClock clock, BillingSettings settings, ILogger<IssueInvoices> log, CancellationToken cancel)
    {
        var (terms, fault) = InvoiceTerms.ToIssue(settings);
        if (terms is null)
        {
            throw new RefusedException(fault!);
        }

        var (report, refusal) = await IssueAsync(database, shards, message.Month, null, terms, clock, null, cancel);
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

    /// <summary>Issues in this database, or in all over which contracts are spread.</summary>
    internal static async Task<(IssueReport? Report, Refusal? Refusal)> IssueAsync(
        NpgsqlDataSource database, Shards shards, UsageMonth month, string? contract, InvoiceTerms terms, IClock clock, IProgress<int>? progress, CancellationToken cancel) =>
        await shards.ListAsync(cancel) is { Count: > 0 }
            ? await OverShards.IssueAsync(shards, month, contract, terms, clock, progress, cancel)
            : await new IssueInvoices(database, await new KnowledgeLoader(database).LoadAsync(cancellation: cancel), terms, clock).RunAsync(month, contract, progress, cancel);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Issued} invoices of {Month} issued, {Total} yen; {AlreadyIssued} were issued before")]
    private static partial void Issued(ILogger log, int issued, UsageMonth month, Yen total, int alreadyIssued);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No invoice for contract {Contract} and {Month}: {Refusal}")]
    private static partial void Parked(ILogger log, string contract, UsageMonth month, Refusal refusal);
}
