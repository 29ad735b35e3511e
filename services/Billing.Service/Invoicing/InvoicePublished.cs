using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Hosting;
using Wolverine.Attributes;
using Wolverine.Marten;

namespace Billing.Service.Invoicing;

/// <summary>An invoice is out: what the rest of the world is told. The document itself is read by its number.</summary>
[MessageIdentity("invoice_published")]
public sealed record InvoicePublished(string Contract, UsageMonth Month, string Number, Yen Total, string Digest) : IContractMessage;

/// <summary>
/// Turns each <see cref="InvoiceIssued"/> in the log into a message, in the order of the log. The message goes into the outbox in the
/// transaction that moves the subscription's mark, so it leaves exactly once, however the event was appended; an error
/// stops the subscription.
/// </summary>
public static class InvoicePublishing
{
    public const string Subscription = "invoices_published";

    public static IServiceCollection PublishInvoices(this IServiceCollection services) =>
        services.PublishEventsToWolverine(Subscription, relay => relay.PublishEvent<InvoiceIssued>((issued, bus) =>
        {
            var invoice = issued.Data.Invoice;
            return bus.PublishAsync(new InvoicePublished(invoice.Contract, invoice.Month, invoice.Number!, invoice.Total, issued.Data.Digest));
        }));
}

/// <summary>Where Billing Station, webhooks and mail take it from here.</summary>
public static partial class InvoicePublishedHandler
{
    public static void Handle(InvoicePublished message, ILogger<PublishedInvoices> log) => Published(log, message.Number, message.Total);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Invoice {Number} of {Total} yen is published")]
    private static partial void Published(ILogger log, string number, Yen total);
}

/// <summary>The category of the log: one named after the message would be silent.</summary>
public sealed class PublishedInvoices
{
    private PublishedInvoices()
    {
    }
}
