using Billing.Contracts.Events;
using Billing.Rating.Numbers;
using Billing.Rating.Records;

namespace Billing.Service.Usage;

/// <summary>Turns a stored record back into the row that it was read from, to rate it again or to compare it.</summary>
internal sealed class CallRecordReader
{
    private readonly byte[] _numbers = new byte[3 * (NumberText.Capacity + 3)];

    /// <summary>The row; its numbers are valid until the next call.</summary>
    public CdrRow Read(CallRecord record) => CdrRows.FromRecord(record, _numbers);
}
