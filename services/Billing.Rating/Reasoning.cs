namespace Billing.Rating;

/// <summary>One step of the reasoning behind an outcome or a charge: the rule it follows, what was looked at, what came of it.</summary>
public sealed record ReasoningStep(string Rule, string Step, string Text);

/// <summary>Takes the steps of a computation. As a struct type argument, <see cref="NoReasoning"/> costs the fast path nothing.</summary>
public interface IReasoning
{
    bool Wanted { get; }

    void Add(string rule, string name, string text);
}

public readonly struct NoReasoning : IReasoning
{
    public bool Wanted => false;

    public void Add(string rule, string name, string text)
    {
    }
}

/// <summary>Keeps the steps in the order taken.</summary>
public readonly struct FullReasoning() : IReasoning
{
    private readonly List<ReasoningStep> _steps = [];

    public IReadOnlyList<ReasoningStep> Steps => _steps;

    public bool Wanted => true;

    public void Add(string rule, string name, string text) => _steps.Add(new ReasoningStep(rule, name, text));
}
