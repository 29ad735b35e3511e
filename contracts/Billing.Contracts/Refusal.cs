namespace Billing.Contracts;

/// <summary>Why something asked for is not done: the rule that forbids it and one sentence for a person.</summary>
public sealed record Refusal(string Rule, string Message)
{
    public override string ToString() => $"{Message} ({Rule})";
}
