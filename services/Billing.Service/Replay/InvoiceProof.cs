using Billing.Contracts;

namespace Billing.Service.Replay;

/// <summary>Whether an issued invoice comes out again: same calls, same knowledge, same bytes.</summary>
/// <param name="Digest">The digest that was issued.</param>
/// <param name="Recomputed">The digest of the document computed anew; null when none could be.</param>
/// <param name="Fault">What does not agree; null when everything does.</param>
/// <param name="Difference">The first member in which the documents differ.</param>
/// <param name="Calls">Calls that were rated again for it.</param>
public sealed record InvoiceProof(string Number, string Digest, string? Recomputed, string? Fault, DocumentDifference? Difference, long Calls);

/// <summary>Where two documents differ first.</summary>
/// <param name="Member">The path of the member: <c>$.lines[2].amount</c>.</param>
/// <param name="Line">The invoice line that it is in, if any: <c>usage international 2026-10 G</c>.</param>
/// <param name="Issued">Its value on the issued document as JSON; null when it is not there.</param>
/// <param name="Recomputed">Its value on the one computed anew.</param>
public sealed record DocumentDifference(string Member, string? Line, string? Issued, string? Recomputed);

/// <summary>The proof of a whole month.</summary>
/// <param name="Differing">The invoices that differ, the first ones only when there are many.</param>
public sealed record MonthProof(UsageMonth Month, long Invoices, long Equal, long Calls, IReadOnlyList<InvoiceProof> Differing, TimeSpan Elapsed)
{
    /// <summary>So many invoices that differ are named.</summary>
    public const int MostNamed = 100;

    public bool Holds => Equal == Invoices;

    /// <summary>Adds up proofs as they come.</summary>
    public static async Task<MonthProof> OfAsync(UsageMonth month, IAsyncEnumerable<InvoiceProof> proofs, CancellationToken cancel)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        long invoices = 0, equal = 0, calls = 0;
        var differing = new List<InvoiceProof>();
        await foreach (var proof in proofs.WithCancellation(cancel))
        {
            invoices++;
            calls += proof.Calls;
            equal += proof.Fault is null ? 1 : 0;
            if (proof.Fault is not null && differing.Count < MostNamed)
            {
                differing.Add(proof);
            }
        }

        return new MonthProof(month, invoices, equal, calls, differing, clock.Elapsed);
    }
}
