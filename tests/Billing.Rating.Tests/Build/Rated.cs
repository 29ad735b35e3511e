using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Calls;

namespace Billing.Rating.Tests;

/// <summary>What rating said of a record, in the words of the formats; absent texts are empty.</summary>
internal sealed record Rated
{
    public required string Outcome { get; init; }

    public required string Reason { get; init; }

    public required string Contract { get; init; }

    public required string Number { get; init; }

    public required string Class { get; init; }

    public required string Carrier { get; init; }

    public required string Destination { get; init; }

    public required string StrippedPrefix { get; init; }

    public required string TaxCategory { get; init; }

    public required string Month { get; init; }

    public required long ChargeableMs { get; init; }

    public required long Units { get; init; }

    public required string Charge { get; init; }

    /// <summary>Milliseconds of the disconnect tail; null: there is none.</summary>
    public required long? TailMs { get; init; }

    public required string? TailCharge { get; init; }

    public required bool TailOverLimit { get; init; }

    public required string TariffVersion { get; init; }

    public string ClassOrReason => Reason.Length > 0 ? Reason : Class;

    public static Rated Of(in RatedCall call) => new()
    {
        Outcome = Words.Of(call.Outcome),
        Reason = Words.Of(call.Reason),
        Contract = call.Contract?.Id ?? "",
        Number = call.Number ?? "",
        Class = Words.Of(call.Class),
        Carrier = call.Carrier ?? "",
        Destination = Encoding.ASCII.GetString(call.Destination),
        StrippedPrefix = call.StrippedPrefix ?? "",
        TaxCategory = Words.Of(call.TaxCategory),
        Month = call.UsageMonth == default ? "" : call.UsageMonth.ToString(),
        ChargeableMs = call.ChargeableMs,
        Units = call.Units,
        Charge = call.Charge.ToString(),
        TailMs = call.HasTail ? call.TailMs : null,
        TailCharge = call.HasTail ? call.TailCharge.ToString() : null,
        TailOverLimit = call.TailOverLimit,
        TariffVersion = call.Tariff?.Version ?? "",
    };
}

/// <summary>Invoices in few words, to compare many lines at a glance.</summary>
internal static class InvoiceText
{
    /// <summary><c>section code detail quantity amount category</c>, with <c>-</c> for no detail.</summary>
    public static string[] Summary(this InvoiceDocument invoice) => [.. invoice.Lines.Select(line =>
        $"{line.Section} {line.Code} {line.Detail ?? "-"} {line.Quantity} {line.Amount} {line.TaxCategory}")];

    public static string[] Summary(this InvoiceDocument invoice, string section) =>
        [.. invoice.Summary().Where(line => line.StartsWith(section + " ", StringComparison.Ordinal))];

    public static string? AmountOf(this InvoiceDocument invoice, string code) =>
        invoice.Lines.SingleOrDefault(line => line.Code == code)?.Amount.ToString();
}
