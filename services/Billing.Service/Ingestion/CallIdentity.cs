using System.IO.Hashing;
using System.Runtime.InteropServices;
using Billing.Rating.Records;

namespace Billing.Service.Ingestion;

/// <summary>What makes a record itself: a hash of (source, record id), and one of everything it says.</summary>
public readonly record struct CallIdentity(UInt128 Identity, ulong Content)
{
    /// <summary>Itself, but of no identity that another record has.</summary>
    public CallIdentity Apart => this with { Identity = ~Identity ^ Content };

    public static CallIdentity Of(in CdrRow row)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var identity = HashOf(row.Source, row.RecordId);

        Span<long> numbers =
        [
            row.StartedMs, row.AnsweredMs ?? long.MinValue, row.EndedMs, row.SpeechLostMs ?? long.MinValue,
            ((long)row.Kind << 24) | ((long)row.Mode << 16) | ((long)row.EndCause << 8) | (long)row.Device,
        ];
        var texts = MemoryMarshal.AsBytes(numbers);
        var length = texts.Length;
        texts.CopyTo(buffer);
        var hash = row.ForwardedBy.Length + row.PresentedNumber.Length + row.TerminatingCarrier.Length + row.AppVersion.Length < 256
            ? default
            : new XxHash3();
        hash?.Append(buffer[..length]);
        foreach (var column in (ReadOnlySpan<CdrColumn>)[CdrColumn.CallingNumber, CdrColumn.CalledNumber, CdrColumn.ForwardedBy,
            CdrColumn.PresentedNumber, CdrColumn.TerminatingCarrier, CdrColumn.OriginCountry, CdrColumn.AppVersion])
        {
            var text = TextOf(row, column);
            if (hash is null)
            {
                MemoryMarshal.Write(buffer[length..], text.Length);
                text.CopyTo(buffer[(length + 4)..]);
                length += text.Length + 4;
            }
            else
            {
                hash.Append(BitConverter.GetBytes(text.Length));
                hash.Append(text);
            }
        }

        return new CallIdentity(identity, hash?.GetCurrentHashAsUInt64() ?? XxHash3.HashToUInt64(buffer[..length]));
    }

    /// <summary>The hash of (source, record id) alone.</summary>
    public static UInt128 HashOf(ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId)
    {
        Span<byte> buffer = stackalloc byte[256];
        return XxHash128.HashToUInt128(Join(buffer, source, recordId));
    }

    private static ReadOnlySpan<byte> Join(Span<byte> buffer, ReadOnlySpan<byte> source, ReadOnlySpan<byte> recordId)
    {
        source.CopyTo(buffer);
        buffer[source.Length] = 0;
        recordId.CopyTo(buffer[(source.Length + 1)..]);
        return buffer[..(source.Length + recordId.Length + 1)];
    }

    private static ReadOnlySpan<byte> TextOf(in CdrRow row, CdrColumn column) => column switch
    {
        CdrColumn.CallingNumber => row.CallingNumber,
        CdrColumn.CalledNumber => row.CalledNumber,
        CdrColumn.ForwardedBy => row.ForwardedBy,
        CdrColumn.PresentedNumber => row.PresentedNumber,
        CdrColumn.TerminatingCarrier => row.TerminatingCarrier,
        CdrColumn.OriginCountry => row.OriginCountry,
        _ => row.AppVersion,
    };
}
