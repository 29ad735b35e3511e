using System.Text;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Numbers;
using Billing.Rating.Records;

namespace Billing.Service.Usage;

/// <summary>Turns a stored record back into the row that it was read from, to rate it again or to compare it.</summary>
internal sealed class CallRecordReader
{
    private readonly byte[] _numbers = new byte[3 * (NumberText.Capacity + 3)];

    /// <summary>The row; its texts are valid until the next call.</summary>
    public CdrRow Read(CallRecord record) => CdrRows.FromRecord(
        record.Source, record.RecordId, record.CallingNumber, record.CalledNumber, record.ForwardedBy, record.PresentedNumber,
        record.TerminatingCarrier, record.OriginCountry, record.AppVersion,
        Words.KindOf(record.Kind)!.Value,
        Words.ModeOf(record.Mode)!.Value,
        Words.EndCauseOf(record.EndCause)!.Value,
        record.Device is { } device ? Words.DeviceOf(device)!.Value : Device.None,
        record.StartedAt.ToUnixTimeMilliseconds(),
        record.AnsweredAt?.ToUnixTimeMilliseconds(),
        record.EndedAt.ToUnixTimeMilliseconds(),
        record.SpeechLostAt?.ToUnixTimeMilliseconds(),
        _numbers);
}
