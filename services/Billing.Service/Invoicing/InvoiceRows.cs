using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>Rows of <c>invoices</c> and <c>invoiced_usage</c> on their way in; they follow from the event alone.</summary>
internal sealed class InvoiceRows
{
    private const string CopyInvoices =
        $"""
        copy {BillingStore.Schema}.invoices (number, contract, month, customer, issued_at, due_on, subtotal, tax, total, digest)
        from stdin (format binary)
        """;

    private const string CopyInvoicedUsage =
        $"""
        copy {BillingStore.Schema}.invoiced_usage (contract, usage_month, invoice, calls, unanswered, charge, amount, limit_change, covered)
        from stdin (format binary)
        """;

    private readonly CopyBuffer _invoices = new();
    private readonly CopyBuffer _usage = new();

    /// <summary>How many invoices were added.</summary>
    public int Count => _invoices.Rows;

    public void Add(InvoiceIssued issued)
    {
        var invoice = issued.Invoice;
        _invoices.BeginRow(10);
        _invoices.Text(invoice.Number!);
        _invoices.Text(invoice.Contract);
        _invoices.Date(Tokyo.DayNumber(invoice.Month.FirstDay));
        _invoices.Text(invoice.Customer);
        _invoices.Instant(invoice.IssuedAt!.Value.ToUnixTimeMilliseconds());
        _invoices.Date(Tokyo.DayNumber(invoice.DueOn!.Value));
        _invoices.Numeric(invoice.Subtotal);
        _invoices.Numeric(invoice.Tax);
        _invoices.Numeric(invoice.Total);
        _invoices.Text(issued.Digest);
        foreach (var covered in issued.Covered)
        {
            var sums = CoveredSums.Of(covered);
            _usage.BeginRow(9);
            _usage.Text(invoice.Contract);
            _usage.Date(Tokyo.DayNumber(covered.Month.FirstDay));
            _usage.Text(invoice.Number!);
            _usage.BigInt(sums.Calls);
            _usage.BigInt(covered.Unanswered);
            _usage.Numeric(sums.Charge);
            _usage.Numeric(sums.Amount);
            _usage.Numeric(covered.LimitChangeS + covered.LimitChangeG);
            _usage.Jsonb(JsonSerializer.SerializeToUtf8Bytes(covered, BillingStore.Json));
        }
    }

    public async Task SendAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await _invoices.SendAsync(connection, CopyInvoices, cancel);
        await _usage.SendAsync(connection, CopyInvoicedUsage, cancel);
    }
}
