using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Knowledge;

namespace Billing.Service.Invoicing;

/// <summary>An invoice as a person reads it: who to whom, lines, tax once per rate, totals (適格請求書の記載事項).</summary>
public static class InvoiceText
{
    public static void Write(TextWriter text, InvoiceDocument invoice, string? digest)
    {
        text.WriteLine(invoice.IssuedAt is null ? $"Draft of invoice {invoice.Number}" : $"Invoice {invoice.Number}");
        text.WriteLine();
        Field(text, "Issuer", invoice.Issuer is { } issuer ? $"{issuer.Name}, registration number {issuer.RegistrationNumber}" : null);
        Field(text, "Customer", invoice.Customer);
        Field(text, "Contract", invoice.Contract);
        Field(text, "Period", $"{invoice.Month.FirstDay:uuuu-MM-dd} to {invoice.Month.LastDay:uuuu-MM-dd}");
        Field(text, "Issued", invoice.IssuedAt is { } at ? InstantText.WithZone(at) : null);
        Field(text, "Due", invoice.DueOn?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture));
        text.WriteLine();
        WriteLines(text, invoice);
        text.WriteLine();
        foreach (var tax in invoice.Taxes)
        {
            text.WriteLine($"{$"Tax {tax.Category} {Percent(tax.Rate)} on {Money(tax.Taxable)}",-78}{Money(tax.Tax),15}");
        }

        text.WriteLine($"{"Subtotal",-78}{Money(invoice.Subtotal),15}");
        text.WriteLine($"{"Tax",-78}{Money(invoice.Tax),15}");
        text.WriteLine($"{(invoice.Total.IsNegative ? "Refund (返金), yen" : "Total, yen"),-78}{Money(invoice.Total),15}");
        text.WriteLine();
        WriteUsage(text, invoice.Usage);
        Field(text, "SHA-256", digest);
    }

    /// <summary>Yen with thousands separators and no more decimals than there are.</summary>
    public static string Money(Yen amount) => amount.ToDecimal().ToString("#,0.####################", CultureInfo.InvariantCulture);

    private static void WriteLines(TextWriter text, InvoiceDocument invoice)
    {
        text.WriteLine($"{"section",-12}{"item",-20}{"detail",-16}{"month",-9}{"quantity",9}{"seconds",15}{"yen",12}");
        foreach (var line in invoice.Lines)
        {
            text.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{line.Section,-12}{line.Code,-20}{line.Detail,-15} {line.Month,-9}{line.Quantity,9:N0}{line.Seconds?.ToString(),15}{Money(line.Amount),12} {line.TaxCategory}"));
        }
    }

    private static void WriteUsage(TextWriter text, InvoiceUsageDocument usage)
    {
        var limit = usage.Limit is { } yen ? $", limit {Money(yen)}, taken off {Money(-usage.Adjustment)}" : ", no limit";
        Field(text, "Usage", $"{Money(usage.Amount)} yen{limit}");
        Field(text, "Calls", string.Create(CultureInfo.InvariantCulture, $"{usage.Calls:N0} charged or free, {usage.Unanswered:N0} unanswered"));
        if (usage.TailSeconds.Milliseconds > 0)
        {
            Field(text, "Disconnect", $"{usage.TailSeconds} seconds after speech was lost, {Money(usage.TailCharge)} yen of the usage (R73)");
        }
    }

    private static void Field(TextWriter text, string name, string? value)
    {
        if (value is not null)
        {
            text.WriteLine($"{name,-12}{value}");
        }
    }

    private static string Percent(TaxRate rate) => (rate.Fraction * 100).ToString("0.####", CultureInfo.InvariantCulture) + " %";
}
