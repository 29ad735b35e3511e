using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Service.Invoicing;

/// <summary>
/// The names under which an invoice lives. All of them follow from the contract and the month, so that a second issue meets
/// the first one whoever makes it, and an auditor can tell from the list of contracts whether a number is missing.
/// </summary>
public static class InvoiceKeys
{
    /// <summary>The invoice number: <c>202610-C-1001</c>.</summary>
    public static string Number(string contract, UsageMonth month) =>
        string.Create(CultureInfo.InvariantCulture, $"{month.Year:D4}{month.Month:D2}-{contract}");

    /// <summary>The stream of the invoice.</summary>
    public static string InvoiceStream(string contract, UsageMonth month) => $"invoice-{contract}-{month}";

    /// <summary>The id of <c>InvoiceIssued</c>: one per contract and month.</summary>
    public static Guid IssuedId(string contract, UsageMonth month) => Id($"invoice_issued\n{contract}\n{month}");

    /// <summary>The id of <c>UsageMonthClosed</c>: one per usage stream and invoice.</summary>
    public static Guid ClosedId(string contract, UsageMonth month, string invoice) => Id($"usage_month_closed\n{contract}\n{month}\n{invoice}");

    /// <summary>
    /// SHA-256, in hex, of the document as compact JSON without its issue instant: the same inputs give the same digest.
    /// </summary>
    public static string Digest(InvoiceDocument invoice) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(invoice with { IssuedAt = null }, BillingJson.Options)));

    private static Guid Id(string name)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(name)));
        // version 8: a name of our own making
        bytes[6] = (byte)(0x80 | (bytes[6] & 0x0F));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3F));
        return new Guid(bytes, bigEndian: true);
    }
}
