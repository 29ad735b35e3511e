using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Replay;

/// <summary>A call event as it lies in the log; its texts are valid until the next one is read.</summary>
internal ref struct LoggedCall
{
    public Guid Id;

    /// <summary>True of a suspended record.</summary>
    public bool IsSuspended;

    /// <summary>The name of its stream.</summary>
    public ReadOnlySpan<byte> Stream;

    public long Version;

    /// <summary>When it was recorded.</summary>
    public Instant At;

    public StoredCall Stored;
}

/// <summary>Takes the call events of one thread; those of a piece come in the order of the log.</summary>
internal interface ITakeCalls
{
    void Take(in LoggedCall call);

    /// <summary>The piece with this number, counted from 0, was taken whole.</summary>
    void Finish(int piece);
}
