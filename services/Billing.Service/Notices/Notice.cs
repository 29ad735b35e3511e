using System.Text.Json;
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
    public const string FileCompleted = "FileCompleted";

    public static IReadOnlyList<string> All { get; } = [InvoiceIssued, UsageLimitReached, FileCompleted];
}

/// <summary>What the outside is told of something that happened.</summary>
/// <param name="No">Its number: a later notice has a higher one. Numbers have gaps.</param>
/// <param name="Contract">The contract that it is about; absent of a file.</param>
/// <param name="Data">By type: <see cref="IssuedInvoice"/>, <see cref="UsageLimitReached"/> or <see cref="FileCompleted"/>.</param>
public sealed record Notice(long No, string Type, string? Contract, Instant At, JsonElement Data)
{
    /// <summary>The id under which receivers know it, however often it comes.</summary>
    public string Id => $"evt_{No}";

    /// <summary>The body of a webhook and the data of a stream's event.</summary>
    public byte[] Body() => JsonSerializer.SerializeToUtf8Bytes(new NoticeBody(Id, Type, At, Data), BillingStore.Json);

    /// <summary>What is told of an event of the log; null when nothing is.</summary>
    internal static Notice? Of(IEvent happened) => happened.Data switch
    {
        InvoiceIssued { Invoice: var invoice, Digest: var digest } => New(
            happened, NoticeTypes.InvoiceIssued, invoice.Contract,
            new IssuedInvoice(invoice.Contract, invoice.Month, invoice.Number!, invoice.Total, invoice.DueOn, invoice.IssuedAt, digest)),
        UsageLimitReached reached => New(happened, NoticeTypes.UsageLimitReached, reached.Contract, reached),
        FileCompleted completed => New(happened, NoticeTypes.FileCompleted, null, completed),
        _ => null,
    };

    private static Notice New<T>(IEvent happened, string type, string? contract, T data) =>
        new(happened.Sequence, type, contract, Instant.FromDateTimeOffset(happened.Timestamp), JsonSerializer.SerializeToElement(data, BillingStore.Json));
}

/// <summary>A notice as receivers get it.</summary>
public sealed record NoticeBody(string Id, string Type, Instant Timestamp, JsonElement Data);

/// <summary>An invoice was issued; the document itself is read by its number.</summary>
/// <param name="Total">Yen with tax.</param>
/// <param name="Digest">SHA-256 over the document without its issue instant.</param>
public sealed record IssuedInvoice(string Contract, UsageMonth Month, string Number, Yen Total, LocalDate? DueOn, Instant? IssuedAt, string Digest);
