using Billing.Contracts;
using Billing.Contracts.Events;
using Marten;
using NodaTime;

namespace Billing.Service.Access;

/// <summary>Why called numbers are to be shown in full, and to whom.</summary>
public sealed record Reveal(string Reason, string By);

/// <summary>
/// Secrecy of communications (通信の秘密): called numbers are masked everywhere. Whoever may see one in full says why, and that is in the
/// log of events before the number leaves.
/// </summary>
public static class RevealNumbers
{
    private const string Rule = "numbers-revealed";

    /// <summary>The longest reason or name that is kept.</summary>
    private const int LongestText = 500;

    /// <summary>The stream of a Tokyo month.</summary>
    public static string StreamOf(UsageMonth month) => $"audit-{month}";

    /// <summary>Dispute and finance staff may; a customer's administrator may for calls of the own contracts; nobody else.</summary>
    /// <param name="contract">The contract that the numbers belong to; null when they belong to none yet.</param>
    public static bool MayBy(Caller caller, string? contract) =>
        caller.Is(Roles.Dispute) || caller.Is(Roles.Finance) ? contract is null ? caller.Contracts is null : caller.MaySee(contract)
        : caller.Is(Roles.CustomerAdmin) && contract is not null && caller.Contracts is not null && caller.MaySee(contract);

    /// <summary>Refuses a reason or a name that says nothing.</summary>
    public static Refusal? Refuse(Reveal reveal) =>
        Fault(reveal.Reason) is { } reason ? new Refusal(Rule, $"--reveal: {reason}")
        : Fault(reveal.By) is { } by ? new Refusal(Rule, $"--by: {by}")
        : null;

    /// <summary>Leaves the trace. Only when this has come back may the numbers be shown.</summary>
    /// <param name="what">What is shown: a call as <c>source/record id</c>, or a document.</param>
    public static async Task RecordAsync(IDocumentStore store, string what, string? contract, Reveal reveal, IClock clock, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        await using var session = store.LightweightSession();
        session.Events.Append(StreamOf(AccessLog.Month(now)), new NumbersRevealed(what, reveal.Reason, reveal.By, contract, now));
        await session.SaveChangesAsync(cancel);
    }

    private static string? Fault(string text) =>
        string.IsNullOrWhiteSpace(text) ? "a text is expected that an auditor will understand"
        : text.Length > LongestText || text.Any(char.IsControl) ? $"at most {LongestText} characters, none of them a control character"
        : null;
}
