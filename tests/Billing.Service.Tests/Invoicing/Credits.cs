using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Invoicing;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;

namespace Billing.Service.Tests.Invoicing;

/// <summary>Credits on the invoices of a billed world.</summary>
internal static class Credits
{
    public static IssuerDocument Issuer { get; } = InvoiceTerms.Sample.Issuer;

    public static CreditSelection Amounts(params (string Category, long Yen)[] amounts) =>
        new([.. amounts.Select(amount => new CategoryAmount(amount.Category, Yen.Whole(amount.Yen)))], []);

    public static CreditSelection OfLines(params LineAmount[] lines) => new([], lines);

    /// <summary>Credits an invoice as finance does, without a dispute.</summary>
    public static Task<CommandResult> CreditAsync(this BilledWorld world, string invoice, CreditSelection selection, GrantAs kind = GrantAs.CreditNote) =>
        world.Database.InvokeAsync(new CreditInvoice(invoice, selection, kind, "goodwill", "finance-1", Issuer, world.Now));

    /// <summary>Grants inside a transaction of its own, as a correction of calls does.</summary>
    public static async Task<(Grant? Grant, Refusal? Refusal)> GrantAsync(this BilledWorld world, string invoice, GrantRequest request)
    {
        await using var connection = await world.Database.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var granted = await GrantDocument.WriteAsync(connection, invoice, request, world.Now, default);
        await transaction.CommitAsync();
        return granted;
    }

    public static GrantRequest Request(GrantAs kind, string category, long yen, string? key = null) => new(
        kind, [new CreditLine(CreditSelection.Credit, null, BilledWorld.October, Yen.Whole(yen), category)], "correction", "finance-1", Issuer, Key: key);

    /// <summary>All rows about invoices and credits as text.</summary>
    public static async Task<string> TablesAsync(this BilledWorld world)
    {
        var tables = new List<string>();
        foreach (var table in (string[])["invoices", "invoiced_usage", "credit_notes", "adjustments", "disputes"])
        {
            tables.Add(await world.Database.DigestAsync(table));
        }

        return string.Join("\n\n", tables);
    }

    public static async Task RebuildAsync(this BilledWorld world, string projection)
    {
        using var daemon = await world.Database.Store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync(projection, CancellationToken.None);
    }

    /// <summary>Each stream is as long as its version says, but for that of numbers drawn in vain.</summary>
    public static async Task ShouldBeSoundAsync(this BilledWorld world) =>
        (await world.Database.ScalarAsync<long>(
            "select count(*) from billing.mt_streams s where id <> 'mt_tombstone' and version <> (select count(*) from billing.mt_events e where e.stream_id = s.id)")).ShouldBe(0);
}
