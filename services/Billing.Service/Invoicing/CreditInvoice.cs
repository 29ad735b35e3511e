using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Invoicing;

/// <summary>Gives back a part of an issued invoice without a dispute: a finance adjustment, goodwill (R70).</summary>
/// <param name="Invoice">The invoice's number.</param>
public sealed record CreditInvoice(string Invoice, CreditSelection Selection, GrantAs As, string Reason, string By, IssuerDocument Issuer, Instant At) : IContractMessage
{
    [JsonIgnore]
    public string Contract => InvoiceKeys.TryParse(Invoice, out var contract, out _) ? contract : "";

    [JsonIgnore]
    public string Stream => InvoiceKeys.StreamOf(Invoice);
}

public static class CreditInvoiceHandler
{
    public static Refusal? Validate(CreditInvoice command, InvoiceLedger? ledger) => Decide(command, ledger).Refusal;

    public static (CommandResult Result, Events Events) Handle(
        CreditInvoice command, [WriteAggregate(nameof(CreditInvoice.Stream), Required = false)] InvoiceLedger? ledger)
    {
        var grant = Decide(command, ledger).Grant!;
        return (CommandResult.Done(grant.Document), grant.Event is { } happened ? [happened] : []);
    }

    private static (Grant? Grant, Refusal? Refusal) Decide(CreditInvoice command, InvoiceLedger? ledger)
    {
        if (ledger?.Issued is null)
        {
            return (null, new Refusal("§8", $"there is no invoice {command.Invoice}"));
        }

        var (lines, refusal) = command.Selection.On(LineCredits.Of(ledger), about: [], detail: null);
        return lines is null
            ? (null, refusal)
            : GrantDecider.Decide(ledger, new GrantRequest(command.As, lines, command.Reason, command.By, command.Issuer), command.At);
    }
}
