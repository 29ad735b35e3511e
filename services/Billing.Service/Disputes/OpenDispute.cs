using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Marten;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Disputes;

/// <summary>Opens a dispute about an issued invoice, its lines or its calls.</summary>
/// <param name="Id">The dispute's id; null for the next <c>D-{yyyyMM}-{n}</c>. One that is taken is refused, whatever it was opened for.</param>
/// <param name="Contract">The contract that the caller means, as a check; null when it is not said.</param>
/// <param name="Lines">Lines of the invoice, counted from 1.</param>
/// <param name="Amount">The amount in question, whole tax-exclusive yen; null for what the lines and calls cost.</param>
public sealed record OpenDispute(
    string? Id,
    string Invoice,
    string? Contract,
    IReadOnlyList<CallName> Calls,
    IReadOnlyList<int> Lines,
    string Claim,
    Yen? Amount,
    string By,
    LocalDate OpenedOn,
    LocalDate Deadline);

/// <summary>A call by the name that its switch gave it.</summary>
public sealed record CallName(string Source, string RecordId)
{
    public override string ToString() => $"{Source}/{RecordId}";
}

/// <summary>What a dispute is opened on, read while the ids of disputes are this command's to give.</summary>
/// <param name="Calls">Those of the named calls that the invoice billed.</param>
public sealed record DisputeGrounds(string Id, bool IsTaken, InvoiceIssued? Invoice, IReadOnlyList<DisputedCall> Calls);

public static class OpenDisputeHandler
{
    public static async Task<DisputeGrounds> LoadAsync(OpenDispute command, IDocumentSession session, CancellationToken cancellation)
    {
        await session.BeginTransactionAsync(cancellation);
        var (id, isTaken) = await DisputeIds.TakeAsync(session.Connection, command.Id, command.OpenedOn, cancellation);
        var invoice = await DisputedInvoice.FindAsync(session.Connection, command.Invoice, cancellation);
        var calls = invoice is null ? [] : await DisputedInvoice.CallsAsync(session.Connection, invoice, command.Calls, cancellation);
        return new DisputeGrounds(id, isTaken, invoice, calls);
    }

    public static Refusal? Validate(OpenDispute command, DisputeGrounds grounds) =>
        DisputeRules.RefuseId(grounds.Id)
        ?? StoredText.Refuse(command)
        ?? DisputeRules.Needed(command.Claim, "what is claimed") ?? DisputeRules.Needed(command.By, "who opens it")
        ?? (grounds.Invoice is null ? Refused($"there is no invoice {command.Invoice}")
            : command.Contract is { } contract && contract != grounds.Invoice.Invoice.Contract
                ? Refused($"invoice {command.Invoice} is one of contract {grounds.Invoice.Invoice.Contract}, not of {contract}")
            : command.Deadline < command.OpenedOn ? Refused("the deadline lies before the day on which it is opened")
            : RefuseParts(command, grounds.Invoice.Invoice, grounds.Calls) ?? RefuseAmount(command, grounds))
        ?? (grounds.IsTaken ? Refused($"there is a dispute {grounds.Id} already") : null);

    public static (CommandResult Result, IMartenOp Opening) Handle(OpenDispute command, DisputeGrounds grounds)
    {
        var opened = new DisputeOpened(
            grounds.Id,
            grounds.Invoice!.Invoice.Contract,
            command.Invoice,
            grounds.Calls,
            [.. command.Lines.Order()],
            command.Claim.Trim(),
            command.Amount ?? DisputedShare.Amount(grounds.Invoice, command.Lines, grounds.Calls),
            command.By.Trim(),
            command.OpenedOn,
            command.Deadline);
        return (CommandResult.Done(grounds.Id), MartenOps.StartStream<Dispute>(DisputeRules.Stream(grounds.Id), opened));
    }

    private static Refusal? RefuseParts(OpenDispute command, InvoiceDocument invoice, IReadOnlyList<DisputedCall> found)
    {
        var known = found.Select(call => new CallName(call.Source, call.RecordId)).ToHashSet();
        return command.Calls.Count != command.Calls.Distinct().Count() ? Refused("a call is named twice")
            : command.Calls.FirstOrDefault(call => !known.Contains(call)) is { } missing ? Refused($"call {missing} is not on invoice {command.Invoice}")
            : command.Lines.Count != command.Lines.Distinct().Count() ? Refused("a line is named twice")
            : command.Lines.Where(line => line < 1 || line > invoice.Lines.Count).Select(line => (int?)line).FirstOrDefault() is { } none
                ? Refused($"invoice {command.Invoice} has lines 1 to {invoice.Lines.Count}, not {none}")
            : null;
    }

    private static Refusal? RefuseAmount(OpenDispute command, DisputeGrounds grounds)
    {
        var amount = command.Amount ?? DisputedShare.Amount(grounds.Invoice!, command.Lines, grounds.Calls);
        return amount <= Yen.Zero ? Refused("an amount in question above 0 is needed")
            : !amount.IsWhole ? Refused("the amount in question is whole yen, tax-exclusive")
            : amount > grounds.Invoice!.Invoice.Subtotal ? Refused($"{amount} yen are more than invoice {command.Invoice}, which is {grounds.Invoice.Invoice.Subtotal} without tax")
            : null;
    }

    private static Refusal Refused(string message) => new(DisputeRules.Rule, message);
}
