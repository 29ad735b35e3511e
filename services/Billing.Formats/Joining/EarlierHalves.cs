namespace Billing.Formats.Joining;

/// <summary>The halves that came with earlier files.</summary>
public abstract class EarlierHalves
{
    /// <summary>Nothing came before.</summary>
    public static EarlierHalves None { get; } = new Nothing();

    /// <summary>Those whose other half has not come.</summary>
    public abstract IReadOnlyList<CallHalf> Waiting { get; }

    /// <summary>Which of these have come before, whatever became of them.</summary>
    public abstract IReadOnlySet<Guid> Known(IReadOnlyCollection<Guid> ids);

    /// <summary>Told that the other half of one of <see cref="Waiting"/> came.</summary>
    public virtual void OtherCame(CallHalf half)
    {
    }

    private sealed class Nothing : EarlierHalves
    {
        public override IReadOnlyList<CallHalf> Waiting => [];

        public override IReadOnlySet<Guid> Known(IReadOnlyCollection<Guid> ids) => new HashSet<Guid>();
    }
}
