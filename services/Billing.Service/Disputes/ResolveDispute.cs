using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Rating;
using Billing.Rating.Invoicing;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Marten;
using NodaTime;

namespace Billing.Service.Disputes;

/// <summary>Decides a dispute. What is upheld is given back by a credit note or on the next invoice, in the same commit.</summary>
/// <param name="Outcome"><c>upheld</c>, <c>partly-upheld</c> or <c>rejected</c>.</param>
/// <param name="As">How it is given back; null when rejected.</param>
/// <param name="Selection">What is given back; when upheld in full, nothing named stands for the disputed lines and calls.</param>
public sealed record ResolveDispute(
    string Dispute, string Outcome, string Reason, string By, GrantAs? As, CreditSelection Selection, IssuerDocument Issuer, Instant At);

public static class ResolveDisputeHandler
{
    /// <summary>
    /// Both streams are fetched for writing: whoever else decides the dispute or credits the invoice meanwhile, only one is committed,
    /// and the other one is decided anew on what then stands.
    /// </summary>
    public static async Task<CommandResult> Handle(ResolveDispute command, IDocumentSession session, CancellationToken cancellation)
    {
        var dispute = await session.Events.FetchForWriting<Dispute>(DisputeRules.Stream(command.Dispute), cancellation);
        var stream = InvoiceKeys.StreamOf(dispute.Aggregate?.Opened?.Invoice ?? "");
        var invoice = await session.Events.FetchForWriting<InvoiceLedger>(stream, cancellation);
        var given = dispute.Aggregate?.Opened is { } opened ? await GivenBack.OfDisputedAsync(session.Connection!, opened, cancellation) : null;
        var (resolution, refusal) = Decide(command, dispute.Aggregate, invoice.Aggregate, given);
        if (resolution is null)
        {
            return CommandResult.Refused(refusal!);
        }

        dispute.AppendOne(resolution.Resolved);
        if (resolution.Grant is { } grant)
        {
            invoice.AppendOne(grant);
        }

        return CommandResult.Done(resolution.Resolved.Document ?? command.Dispute);
    }

    /// <summary>The events of a decision, or why it can not be so. Pure.</summary>
    /// <param name="given">Which of the disputed calls were given back before, and by which document.</param>
    public static (DisputeResolution? Resolution, Refusal? Refusal) Decide(
        ResolveDispute command, Dispute? dispute, InvoiceLedger? ledger, IReadOnlyDictionary<Guid, string>? given = null)
    {
        var on = Tokyo.Date(Tokyo.DayOf(command.At.ToUnixTimeMilliseconds()));
        if ((DisputeRules.RefuseChange(dispute, command.Dispute, command.By, command)
            ?? DisputeRules.Needed(command.Reason, "why it is decided so")
            ?? RefuseForm(command)) is { } refusal)
        {
            return (null, refusal);
        }

        if (command.Outcome == DisputeStates.Rejected)
        {
            return (new DisputeResolution(new DisputeResolved(command.Outcome, command.Reason, command.By, on, null, Yen.Zero), null), null);
        }

        var (grant, refused) = Credit(command, dispute!.Opened!, ledger!, given ?? new Dictionary<Guid, string>());
        return grant is null
            ? (null, refused)
            : (new DisputeResolution(new DisputeResolved(command.Outcome, command.Reason, command.By, on, grant.Document, -grant.Subtotal), grant.Event), null);
    }

    private static Refusal? RefuseForm(ResolveDispute command) =>
        !DisputeStates.Outcomes.Contains(command.Outcome) ? Refused($"a dispute is decided as {string.Join(", ", DisputeStates.Outcomes)}, not '{command.Outcome}'")
        : command.Outcome == DisputeStates.Rejected
            ? command.As is null && command.Selection.IsEmpty ? null : Refused("what is rejected is not credited")
        : command.As is null ? Refused("it is to be said how it is given back: credit-note or adjustment")
        : command.Outcome == DisputeStates.PartlyUpheld && command.Selection.IsEmpty ? Refused("what is upheld in part needs the amounts or lines that are given back")
        : null;

    private static (Grant? Grant, Refusal? Refusal) Credit(
        ResolveDispute command, DisputeOpened opened, InvoiceLedger ledger, IReadOnlyDictionary<Guid, string> before)
    {
        var credits = LineCredits.Of(ledger);
        var open = opened.Calls.Where(call => !before.ContainsKey(call.Event)).ToList();
        if (opened.Calls.FirstOrDefault(call => before.ContainsKey(call.Event)) is { } again
            && RefuseAgain(command, opened, again, before[again.Event], open.Count) is { } twice)
        {
            return (null, twice);
        }

        var about = DisputedShare.LinesOf(credits, opened.Lines, opened.Calls);
        var (lines, refusal) = command.Selection.IsEmpty
            ? (DisputedShare.Lines(ledger.Issued!, opened.Lines, opened.Calls, credits),
                DisputedShare.RefuseLimited(ledger.Issued!, opened.Lines, opened.Calls) ?? about.Select(credits.RefuseGone).FirstOrDefault(gone => gone is not null))
            : command.Selection.On(credits, about, Detail(opened));
        if (lines is null || refusal is not null)
        {
            return (null, refusal);
        }

        if (lines.Count == 0)
        {
            return (null, Refused("neither lines nor calls are disputed: the amounts that are given back are to be said"));
        }

        var given = -lines.Aggregate(Yen.Zero, (sum, line) => sum + line.Amount);
        var most = open.Count == opened.Calls.Count ? opened.Amount : Yen.Min(opened.Amount, DisputedShare.Amount(ledger.Issued!, opened.Lines, open, credits));
        return given <= Yen.Zero ? (null, Refused("a dispute that is upheld gives something back"))
            : given > opened.Amount ? (null, Refused($"{given} yen are more than the {opened.Amount} in question"))
            : given > most ? (null, Refused($"{given} yen are more than the {most} in question that were not given back by {string.Join(", ", before.Values.Distinct(StringComparer.Ordinal))}"))
            : GrantDecider.Decide(ledger, new GrantRequest(command.As!.Value, lines, command.Reason, command.By, command.Issuer, command.Dispute), command.At);
    }

    /// <summary>A call that was given back is not given back again: of other calls and lines of the dispute the amounts can be said.</summary>
    private static Refusal? RefuseAgain(ResolveDispute command, DisputeOpened opened, DisputedCall call, string document, int open)
    {
        var given = $"{call.Source}/{call.RecordId} was given back by {document}";
        return open + opened.Lines.Count == 0 ? Refused(given)
            : command.Selection.IsEmpty ? Refused($"{given}: the amounts that are given back are to be said")
            : null;
    }

    /// <summary>The calls that an amount is given back for, while they are few.</summary>
    private static string? Detail(DisputeOpened opened) =>
        opened.Calls.Count is 0 ? null
        : opened.Calls.Count <= 3 ? string.Join(' ', opened.Calls.Select(call => $"{call.Source}/{call.RecordId}"))
        : Counted.Of(opened.Calls.Count, "call");

    private static Refusal Refused(string message) => new(DisputeRules.Rule, message);
}

/// <summary>What is appended to the dispute and, when something is given back, to the invoice.</summary>
public sealed record DisputeResolution(DisputeResolved Resolved, object? Grant);
