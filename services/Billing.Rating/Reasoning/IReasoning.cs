namespace Billing.Rating.Reasoning;

/// <summary>
/// Takes the steps of a computation. As a struct type argument, <see cref="NoReasoning"/> costs the fast path nothing: whoever
/// adds a step asks <see cref="Wanted"/> first, so that its figures are not even made.
/// </summary>
public interface IReasoning
{
    bool Wanted { get; }

    void Add(string rule, string name, Figures figures);
}

public readonly struct NoReasoning : IReasoning
{
    public bool Wanted => false;

    public void Add(string rule, string name, Figures figures)
    {
    }
}

/// <summary>Keeps the steps in the order taken.</summary>
public readonly struct FullReasoning() : IReasoning
{
    private readonly List<ReasoningStep> _steps = [];

    public IReadOnlyList<ReasoningStep> Steps => _steps;

    public bool Wanted => true;

    public void Add(string rule, string name, Figures figures) => _steps.Add(new ReasoningStep(rule, name, figures));
}
