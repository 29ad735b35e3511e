using System.Text.Json;
using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using JasperFx.Events;
using NodaTime;

namespace Billing.Service.Notices;

/// <summary>The kinds of notices.</summary>
public static class NoticeTypes
{
    public const string InvoiceIssued = "InvoiceIssued";
    public const string UsageLimitReached = "UsageLimitReached";
    public const string DeliveryCompleted = "DeliveryCompleted";

    public static IReadOnlyList<string> All { get; } = [InvoiceIssued, UsageLimitReached, DeliveryCompleted];
}

/// <summary>What the outside is told of something that happened.</summary>
/// <param name="No">Its number: a later notice has a higher one. Numbers have gaps.</param>
/// <param name="Contract">The contract that it is about; absent of a file.</param>
/// <param name="Data">By type: <see cref="IssuedInvoice"/>, <see cref="UsageLimitReached"/> or <see cref="FileCompleted"/>.</param>
public sealed record Notice(long No, string Type, string? Contract, Instant At, JsonElement Data)
{
    /// <summary>The id under which receivers know it, however often it comes.</summary>
    public string Id => $"evt_{No}";

    /// <summary>The body of a webhook and of a message to the broker, and the data of a stream's event.</summary>
    /// <param name="source">Which installation tells it.</param>
    public byte[] Body(string source) => JsonSerializer.SerializeToUtf8Bytes(new CloudEvent(Id, source, Type, Subject, At, Data), BillingStore.Json);

    /// <summary>What it is about, as the API has it behind its root.</summary>
    private string Subject => Type switch
    {
        NoticeTypes.InvoiceIssued => $"invoices/{Uri.EscapeDataString(Data.GetProperty("number").GetString()!)}",
        NoticeTypes.UsageLimitReached => $"contracts/{Uri.EscapeDataString(Contract!)}",
        _ => $"deliveries/{Data.GetProperty("receipt").GetProperty("sha256").GetString()}",
    };

    /// <summary>What is told of an event of the log; null when nothing is.</summary>
    internal static Notice? Of(IEvent happened) => happened.Data switch
    {
        InvoiceIssued { Invoice: var invoice, Digest: var digest } => New(
            happened, NoticeTypes.InvoiceIssued, invoice.Contract,
            new IssuedInvoice(invoice.Contract, invoice.Month, invoice.Number!, invoice.Total, invoice.DueOn, invoice.IssuedAt, digest)),
        UsageLimitReached reached => New(happened, NoticeTypes.UsageLimitReached, reached.Contract, reached),
        FileCompleted completed => New(happened, NoticeTypes.DeliveryCompleted, null, completed),
        _ => null,
    };

    private static Notice New<T>(IEvent happened, string type, string? contract, T data) =>
        new(happened.Sequence, type, contract, Instant.FromDateTimeOffset(happened.Timestamp), JsonSerializer.SerializeToElement(data, BillingStore.Json));
}

/// <summary>A notice as receivers get it: a CloudEvent 1.0 in structured JSON mode, as <c>contracts/events</c> has it.</summary>
/// <param name="Source">Which installation tells it; with <paramref name="Id"/> it is one event of all there are.</param>
public sealed record CloudEvent(string Id, string Source, string Type, string Subject, Instant Time, JsonElement Data)
{
    public const string MediaType = "application/cloudevents+json";

    [JsonPropertyName("specversion")]
    public string SpecVersion => "1.0";

    [JsonPropertyName("datacontenttype")]
    public string DataContentType => "application/json";

    /// <summary>The schema of <see cref="Data"/>: another one when its form changes so that receivers must change.</summary>
    [JsonPropertyName("dataschema")]
    public string DataSchema => $"https://billing.example/contracts/events/{Type}.v1.schema.json";
}

/// <summary>An invoice was issued; the document itself is read by its number.</summary>
/// <param name="Total">Yen with tax.</param>
/// <param name="Digest">SHA-256 over the document without its issue instant.</param>
public sealed record IssuedInvoice(string Contract, UsageMonth Month, string Number, Yen Total, LocalDate? DueOn, Instant? IssuedAt, string Digest);
