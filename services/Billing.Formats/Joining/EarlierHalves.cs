namespace Billing.Formats.Joining;

/// <summary>The halves and parts that came with earlier files.</summary>
public abstract class EarlierHalves
{
    /// <summary>Nothing came before.</summary>
    public static EarlierHalves None { get; } = new Nothing();

    /// <summary>Those of calls that are not whole.</summary>
    public abstract IReadOnlyList<CallHalf> Waiting { get; }

    /// <summary>Those of these ids that came before, whatever became of them.</summary>
    public abstract IReadOnlyDictionary<Guid, CallHalf> Known(IReadOnlyCollection<Guid> ids);

    /// <summary>Told that another one of the call of one of <see cref="Waiting"/> came.</summary>
    public virtual void OtherCame(CallHalf half)
    {
    }

    private sealed class Nothing : EarlierHalves
    {
        public override IReadOnlyList<CallHalf> Waiting => [];

        public override IReadOnlyDictionary<Guid, CallHalf> Known(IReadOnlyCollection<Guid> ids) => new Dictionary<Guid, CallHalf>();
    }
}
