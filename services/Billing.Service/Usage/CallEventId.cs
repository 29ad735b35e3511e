using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Billing.Contracts;
using Billing.Formats;
using Billing.Rating.Records;
using Billing.Service.Ingestion;

namespace Billing.Service.Usage;

/// <summary>
/// The id of a call's event, made from (source, record id) alone, so that the same record can be stored only once. It keeps
/// the order in which a source counts its records, which keeps the index on event ids local as the log grows:
/// 2 bytes of the source's hash, 6 bytes of the last 14 digits of the record id, 8 bytes of the hash of both.
/// </summary>
internal static class CallEventId
{
    public static Guid Of(in CdrRow row, in CallIdentity identity) => Make(row.Source, row.RecordId, (ulong)(identity.Identity & ulong.MaxValue));

    /// <inheritdoc cref="Of(in CdrRow, in CallIdentity)"/>
    /// <param name="profiled">What a profile made the row of: the part of a call that conflicts with another is not the call.</param>
    public static Guid Of(in CdrRow row, in CallIdentity identity, ProfiledRow? profiled) =>
        profiled?.Suspense == SuspenseReason.ConflictingDuplicate ? OfConflicting(row, identity) : Of(row, identity);

    /// <summary>The id of the first record of an identity.</summary>
    public static Guid Of(ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId) =>
        Make(source, recordId, (ulong)(CallIdentity.HashOf(source, recordId) & ulong.MaxValue));

    /// <summary>
    /// The first and the last id that an event of this identity may have: conflicting and released records, and whatever takes
    /// the place of one, keep its first eight bytes. Other records of the source may lie between them.
    /// </summary>
    public static (Guid First, Guid Last) RangeOf(ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId) =>
        (Make(source, recordId, 0), Make(source, recordId, ulong.MaxValue));

    /// <inheritdoc cref="Of(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static Guid Of(string source, string recordId) => Of(Encoding.UTF8.GetBytes(source), Encoding.UTF8.GetBytes(recordId));

    /// <summary>The id of a record with the same identity and other content than the first.</summary>
    public static Guid OfConflicting(in CdrRow row, in CallIdentity identity)
    {
        Span<byte> both = stackalloc byte[24];
        BinaryPrimitives.WriteUInt128BigEndian(both, identity.Identity);
        BinaryPrimitives.WriteUInt64BigEndian(both[16..], identity.Content);
        return Make(row.Source, row.RecordId, XxHash3.HashToUInt64(both, seed: 1));
    }

    /// <summary>The id under which a suspended record is recorded when it is released.</summary>
    public static Guid OfReleased(Guid suspended) => Derived(suspended, seed: 2);

    /// <summary>The id of the record that takes the place of one that was voided.</summary>
    public static Guid OfReplacement(Guid voided) => Derived(voided, seed: 3);

    /// <summary>The id of the event that voids a call: the index on event ids lets it be voided once.</summary>
    public static Guid OfVoid(Guid call) => Derived(call, seed: 4);

    private static Guid Derived(Guid id, long seed)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], XxHash3.HashToUInt64(bytes, seed));
        return new Guid(bytes, bigEndian: true);
    }

    private static Guid Make(ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId, ulong hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, LastDigits(recordId));
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(XxHash3.HashToUInt64(source) & 0xFFFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], hash);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The last 14 digits of the id, whatever stands between them: below 2^47.</summary>
    private static ulong LastDigits(ReadOnlySpan<byte> recordId)
    {
        ulong value = 0, scale = 1;
        for (var (i, digits) = (recordId.Length - 1, 0); i >= 0 && digits < 14; i--)
        {
            if (recordId[i] is >= (byte)'0' and <= (byte)'9')
            {
                value += scale * (ulong)(recordId[i] - '0');
                scale *= 10;
                digits++;
            }
        }

        return value;
    }
}
