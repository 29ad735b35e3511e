using System.Text;
using Billing.Contracts;
using Billing.Rating.Numbers;

namespace Billing.Rating.Records;

/// <summary>Makes rows from records that were read before.</summary>
public static class CdrRows
{
    /// <summary>The row of a stored record. <paramref name="numbers"/> is room for three normalised numbers.</summary>
    public static CdrRow FromRecord(
        string source,
        string recordId,
        string callingNumber,
        string calledNumber,
        string? forwardedBy,
        string? presentedNumber,
        string? terminatingCarrier,
        string? originCountry,
        string? appVersion,
        CallKind kind,
        CallMode mode,
        EndCause endCause,
        Device device,
        long startedMs,
        long? answeredMs,
        long endedMs,
        long? speechLostMs,
        Span<byte> numbers)
    {
        var row = new CdrRow
        {
            Source = Utf8(source),
            RecordId = Utf8(recordId),
            CallingNumber = Utf8(callingNumber),
            CalledNumber = Utf8(calledNumber),
            ForwardedBy = Utf8(forwardedBy),
            PresentedNumber = Utf8(presentedNumber),
            TerminatingCarrier = Utf8(terminatingCarrier),
            OriginCountry = Utf8(originCountry),
            AppVersion = Utf8(appVersion),
            Kind = kind,
            Mode = mode,
            EndCause = endCause,
            Device = device,
            StartedMs = startedMs,
            AnsweredMs = answeredMs,
            EndedMs = endedMs,
            SpeechLostMs = speechLostMs,
        };
        var room = numbers.Length / 3;
        _ = row.NormaliseNumbers(numbers[..room], numbers.Slice(room, room), numbers.Slice(2 * room, room));
        return row;
    }

    private static byte[] Utf8(string? text) => string.IsNullOrEmpty(text) ? [] : Encoding.UTF8.GetBytes(text);
}
