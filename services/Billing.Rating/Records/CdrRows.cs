using System.Text;
using Billing.Contracts;
using Billing.Contracts.Events;

namespace Billing.Rating.Records;

/// <summary>Makes rows from records that were read before.</summary>
public static class CdrRows
{
    /// <summary>The row of a stored record. <paramref name="numbers"/> is room for three normalised numbers.</summary>
    public static CdrRow FromRecord(CallRecord record, Span<byte> numbers)
    {
        var row = new CdrRow
        {
            Source = Utf8(record.Source),
            RecordId = Utf8(record.RecordId),
            CallingNumber = Utf8(record.CallingNumber),
            CalledNumber = Utf8(record.CalledNumber),
            ForwardedBy = Utf8(record.ForwardedBy),
            PresentedNumber = Utf8(record.PresentedNumber),
            TerminatingCarrier = Utf8(record.TerminatingCarrier),
            OriginCountry = Utf8(record.OriginCountry),
            AppVersion = Utf8(record.AppVersion),
            Kind = Words.KindOf(record.Kind)!.Value,
            Mode = Words.ModeOf(record.Mode)!.Value,
            EndCause = Words.EndCauseOf(record.EndCause)!.Value,
            Device = record.Device is { } device ? Words.DeviceOf(device)!.Value : Device.None,
            StartedMs = record.StartedAt.ToUnixTimeMilliseconds(),
            AnsweredMs = record.AnsweredAt?.ToUnixTimeMilliseconds(),
            EndedMs = record.EndedAt.ToUnixTimeMilliseconds(),
            SpeechLostMs = record.SpeechLostAt?.ToUnixTimeMilliseconds(),
        };
        var room = numbers.Length / 3;
        _ = row.NormaliseNumbers(numbers[..room], numbers.Slice(room, room), numbers.Slice(2 * room, room));
        return row;
    }

    private static byte[] Utf8(string? text) => string.IsNullOrEmpty(text) ? [] : Encoding.UTF8.GetBytes(text);
}
