using System.Security.Cryptography;
using System.Text;

namespace Billing.Service.Evidence;

/// <summary>
/// One link of a stream's hash chain: the digest that a closing seals is SHA-256 over the digest of the closing before it (its
/// 64 hexadecimal digits; in the first link those of the SHA-256 of what names the stream) and the digests of all events since,
/// in the order of their versions. The closing before is the first of them.
/// </summary>
internal sealed class StreamChain : IDisposable
{
    /// <summary>What the first link of a stream begins with, in SQL, of the stream <c>s.id</c>.</summary>
    public const string StartSql = $"encode(sha256(convert_to('{Name}' || E'\\n' || s.id, 'UTF8')), 'hex')";

    private const string Name = "billing event chain v1";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Begins the first link of a stream.</summary>
    public void Begin(string stream) => BeginAfter(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{Name}\n{stream}"))));

    /// <summary>Begins the link behind a closing.</summary>
    /// <param name="previous">The digest that the closing sealed.</param>
    public void BeginAfter(string previous)
    {
        _ = _hash.GetHashAndReset();
        _hash.AppendData(Encoding.UTF8.GetBytes(previous));
    }

    /// <summary>Adds the next event.</summary>
    public void Add(ReadOnlySpan<byte> eventDigest) => _hash.AppendData(eventDigest);

    /// <summary>The digest so far, in hexadecimal.</summary>
    public string Digest() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();
}
