using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Billing.Service.Evidence;

/// <summary>
/// The digest of one stored event: SHA-256 over its version (8 bytes, big-endian), id (16), instant (8: microseconds since
/// 2000-01-01 UTC), type, a line feed and its data as PostgreSQL writes the stored JSON. The database computes it where
/// a million are needed at once; a verification computes it here, apart from the database.
/// </summary>
internal static class EventDigest
{
    /// <summary>The digest in SQL, of the row <c>e</c> of <c>mt_events</c>.</summary>
    public const string Sql =
        "sha256(int8send(e.version) || uuid_send(e.id) || timestamptz_send(e.timestamp) || convert_to(e.type || E'\\n' || e.data::text, 'UTF8'))";

    public const int Length = SHA256.HashSizeInBytes;

    private const int FixedLength = 8 + 16 + 8;
    private static readonly DateTime DatabaseEpoch = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <param name="data">The JSON as the database gives it.</param>
    public static byte[] Of(long version, Guid id, DateTime timestamp, string type, ReadOnlySpan<byte> data)
    {
        var length = FixedLength + Encoding.UTF8.GetByteCount(type) + 1 + data.Length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var bytes = rented.AsSpan(0, length);
            BinaryPrimitives.WriteInt64BigEndian(bytes, version);
            id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(bytes[24..], (timestamp - DatabaseEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
            var typeEnd = FixedLength + Encoding.UTF8.GetBytes(type, bytes[FixedLength..]);
            bytes[typeEnd] = (byte)'\n';
            data.CopyTo(bytes[(typeEnd + 1)..]);
            return SHA256.HashData(bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
