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
    /// <summary>The digest of a stream without calls: SHA-256 of nothing.</summary>
    public static string NoCalls { get; } = Convert.ToHexStringLower(SHA256.HashData([]));

    /// <summary>The invoice number: <c>202610-C-1001</c>.</summary>
    public static string Number(string contract, UsageMonth month) =>
        string.Create(CultureInfo.InvariantCulture, $"{month.Year:D4}{month.Month:D2}-{contract}");

    /// <summary>The contract and month that an invoice number stands for; false when it is no number of an invoice.</summary>
    public static bool TryParse(string? number, out string contract, out UsageMonth month)
    {
        (contract, month) = ("", default);
        if (number is not { Length: > 7 } || number[6] != '-' || !UsageMonth.TryParse($"{number[..4]}-{number[4..6]}", out month))
        {
            return false;
        }

        contract = number[7..];
        return true;
    }

    /// <summary>The stream of the invoice with a number; one that no invoice ever has when it is none.</summary>
    public static string StreamOf(string number) =>
        TryParse(number, out var contract, out var month) ? InvoiceStream(contract, month) : $"invoice-?{number}";

    /// <summary>The number of an invoice's n-th credit note: <c>202610-C-1001-CN1</c>.</summary>
    public static string CreditNote(string invoice, int n) => string.Create(CultureInfo.InvariantCulture, $"{invoice}-CN{n}");

    /// <summary>The number of an invoice's n-th adjustment: <c>202610-C-1001-ADJ1</c>.</summary>
    public static string Adjustment(string invoice, int n) => string.Create(CultureInfo.InvariantCulture, $"{invoice}-ADJ{n}");

    /// <summary>The id of the event that grants a credit note or adjustment: one per number.</summary>
    public static Guid GrantedId(string document) => Id($"credit_granted\n{document}");

    /// <summary>The id of <c>AdjustmentSettled</c>: one per adjustment, so none is ever on two invoices.</summary>
    public static Guid SettledId(string adjustment) => Id($"adjustment_settled\n{adjustment}");

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

    /// <inheritdoc cref="Digest(InvoiceDocument)"/>
    public static string Digest(CreditNoteDocument note) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(note with { IssuedAt = null }, BillingJson.Options)));

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

/// <summary>The digest of the calls that an invoice covers: SHA-256 over their event ids, which are added in ascending order.</summary>
internal sealed class CallDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        _hash.AppendData(bytes);
    }

    public override string ToString() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
