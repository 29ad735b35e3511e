using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Invoicing;

/// <summary>Gives back a part of an issued invoice without a dispute: a finance adjustment, goodwill.</summary>
/// <param name="Invoice">The invoice's number.</param>
public sealed record CreditInvoice(string Invoice, GrantRequest Request, Instant At) : IContractMessage
{
    [JsonIgnore]
    public string Contract => InvoiceKeys.TryParse(Invoice, out var contract, out _) ? contract : "";

    [JsonIgnore]
    public string Stream => InvoiceKeys.TryParse(Invoice, out var contract, out var month) ? InvoiceKeys.InvoiceStream(contract, month) : $"invoice-{Invoice}";
}

public static class CreditInvoiceHandler
{
    public static Refusal? Validate(CreditInvoice command, InvoiceLedger? ledger) =>
        ledger?.Issued is null
            ? new Refusal("§8", $"there is no invoice {command.Invoice}")
            : GrantDecider.Decide(ledger, command.Request, command.At).Refusal;

    public static (CommandResult Result, Events Events) Handle(
        CreditInvoice command, [WriteAggregate(nameof(CreditInvoice.Stream), Required = false)] InvoiceLedger? ledger)
    {
        var grant = GrantDecider.Decide(ledger, command.Request, command.At).Grant!;
        return (CommandResult.Done(grant.Document), grant.Event is { } happened ? [happened] : []);
    }
}
