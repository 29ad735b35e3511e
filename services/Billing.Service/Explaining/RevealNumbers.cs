using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating;
using Marten;
using NodaTime;

namespace Billing.Service.Explaining;

/// <summary>Why called numbers are to be shown in full, and to whom.</summary>
internal sealed record Reveal(string Reason, string By);

/// <summary>Leaves the trace that called numbers were shown in full; only then may they be.</summary>
internal static class RevealNumbers
{
    /// <summary>The longest reason or name that is kept.</summary>
    private const int LongestText = 500;

    /// <summary>The stream of a Tokyo month.</summary>
    public static string StreamOf(UsageMonth month) => $"audit-{month}";

    /// <summary>Refuses a reason or a name that says nothing.</summary>
    public static Refusal? Refuse(Reveal reveal) =>
        Fault(reveal.Reason) is { } reason ? new Refusal(Rule, $"--reveal: {reason}")
        : Fault(reveal.By) is { } by ? new Refusal(Rule, $"--by: {by}")
        : null;

    public static async Task RecordAsync(IDocumentStore store, string what, Reveal reveal, IClock clock, CancellationToken cancel)
    {
        var month = Tokyo.MonthOf(Tokyo.DayOf(clock.GetCurrentInstant().ToUnixTimeMilliseconds()));
        await using var session = store.LightweightSession();
        session.Events.Append(StreamOf(month), new NumbersRevealed(what, reveal.Reason, reveal.By));
        await session.SaveChangesAsync(cancel);
    }

    private const string Rule = "numbers-revealed";

    private static string? Fault(string text) =>
        string.IsNullOrWhiteSpace(text) ? "a text is expected that an auditor will understand"
        : text.Length > LongestText || text.Any(char.IsControl) ? $"at most {LongestText} characters, none of them a control character"
        : null;
}
