using Billing.Contracts;

namespace Billing.Service.Hosting.Refusals;

/// <summary>
/// What every command answers, over HTTP and to <c>InvokeAsync&lt;CommandResult&gt;</c> alike: done, or why not.
/// </summary>
/// <param name="Refusal">The rule that forbids what was asked for; null when it was done.</param>
/// <param name="Id">What was made or changed: a contract, an invoice number.</param>
public sealed record CommandResult(Refusal? Refusal, string? Id = null)
{
    public static CommandResult Done(string? id = null) => new(null, id);

    public static CommandResult Refused(Refusal refusal) => new(refusal);
}

/// <summary>A queued command was refused and nobody waits for its answer: it goes to the dead letters with its rule.</summary>
public sealed class RefusedException(Refusal refusal) : Exception(refusal.ToString())
{
    public Refusal Refusal => refusal;
}
