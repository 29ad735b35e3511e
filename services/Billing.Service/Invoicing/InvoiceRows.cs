using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>Rows of invoices, of what documents cover and of credits, on their way in; they follow from the events alone.</summary>
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
    private readonly CreditRows _credits = new();

    /// <summary>How many rows there are.</summary>
    public int Count => _invoices.Rows + _usage.Rows + _credits.Count;

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
        Cover(invoice.Contract, invoice.Number!, issued.Covered);
    }

    public void Add(CreditNoteIssued issued)
    {
        _credits.Add(issued);
        Cover(issued.Note.Contract, issued.Note.Number, issued.Covered ?? []);
    }

    public void Add(AdjustmentGranted granted)
    {
        _credits.Add(granted);
        Cover(granted.Contract, granted.Adjustment, granted.Covered ?? []);
    }

    public void Add(AdjustmentSettled settled) => _credits.Add(settled);

    public async Task SendAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await _invoices.SendAsync(connection, CopyInvoices, cancel);
        await _usage.SendAsync(connection, CopyInvoicedUsage, cancel);
        await _credits.SendAsync(connection, cancel);
    }

    /// <summary>What a document bills of usage months, or takes back of them.</summary>
    private void Cover(string contract, string document, IReadOnlyList<CoveredUsage> all)
    {
        foreach (var covered in all)
        {
            var sums = CoveredSums.Of(covered);
            _usage.BeginRow(9);
            _usage.Text(contract);
            _usage.Date(Tokyo.DayNumber(covered.Month.FirstDay));
            _usage.Text(document);
            _usage.BigInt(sums.Calls);
            _usage.BigInt(covered.Unanswered);
            _usage.Numeric(sums.Charge);
            _usage.Numeric(sums.Amount);
            _usage.Numeric(covered.LimitChangeS + covered.LimitChangeG);
            _usage.Jsonb(JsonSerializer.SerializeToUtf8Bytes(covered, BillingStore.Json));
        }
    }
}
