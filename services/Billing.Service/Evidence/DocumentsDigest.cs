using System.Security.Cryptography;
using System.Text;
using Billing.Contracts;

namespace Billing.Service.Evidence;

/// <summary>
/// Adds up the digest over a month's documents: its invoices in the order of their numbers, then the credit notes and adjustments of these
/// invoices in the order in which they were granted, so that a later one continues the digest of those before.
/// </summary>
internal sealed class DocumentsDigest(UsageMonth month) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> _earlier = [];
    private long _invoices;

    /// <param name="digest">The digest of the invoice's document.</param>
    public void AddInvoice(string number, string digest, in StoredEvent happened)
    {
        _invoices++;
        Append(number, digest, happened);
    }

    /// <param name="digest">The digest of the credit note's document; empty for an adjustment, which has none.</param>
    public void AddCredit(string number, string digest, in StoredEvent happened)
    {
        _earlier.Add(Convert.ToHexStringLower(_hash.GetCurrentHash()));
        Append(number, digest, happened);
    }

    public MonthDocuments End() => new(month, _invoices, _earlier.Count, Convert.ToHexStringLower(_hash.GetCurrentHash())) { Earlier = _earlier };

    public void Dispose() => _hash.Dispose();

    private void Append(string number, string digest, in StoredEvent happened) =>
        _hash.AppendData(Encoding.UTF8.GetBytes($"{number}\n{digest}\n{Convert.ToHexStringLower(happened.Digest())}\n"));
}
