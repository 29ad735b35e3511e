using System.Globalization;
using Billing.Contracts;

namespace Billing.Service.Replay;

/// <summary>What the commands that prove invoices print for people.</summary>
internal static class ProofText
{
    /// <summary>One invoice with both digests, or where it differs first.</summary>
    public static void Write(TextWriter text, InvoiceProof proof)
    {
        text.WriteLine($"issued      {proof.Digest}");
        text.WriteLine($"recomputed  {proof.Recomputed ?? "none"}");
        if (proof.Fault is null)
        {
            text.WriteLine(Invariant($"{proof.Number}  the same byte for byte, from {Counted.Of(proof.Calls, "call")} rated again"));
            return;
        }

        WriteFault(text, proof);
    }

    public static void Write(TextWriter text, MonthProof month)
    {
        foreach (var proof in month.Differing)
        {
            WriteFault(text, proof);
        }

        var unnamed = month.Invoices - month.Equal - month.Differing.Count;
        if (unnamed > 0)
        {
            text.WriteLine(Invariant($"… {unnamed:N0} more differ"));
        }

        if (month.Invoices == 0)
        {
            WriteNothing(text, month.Month);
            return;
        }

        text.WriteLine(Invariant(
            $"{month.Equal:N0} of {Counted.Of(month.Invoices, "invoice")} of {month.Month} come out the same byte for byte; {Counted.Of(month.Calls, "call")} rated again, {month.Calls / Math.Max(month.Elapsed.TotalSeconds, 0.001):N0} calls/s"));
    }

    /// <summary>Proofs as <c>invoices verify</c> shows them.</summary>
    /// <param name="month">The month whose invoices they are; null when one was named.</param>
    public static void Write(TextWriter text, UsageMonth? month, IReadOnlyList<InvoiceProof> proofs)
    {
        if (proofs.Count == 0)
        {
            WriteNothing(text, month);
            return;
        }

        foreach (var proof in proofs.Where(proof => proof.Fault is not null))
        {
            WriteFault(text, proof);
        }

        text.WriteLine(proofs is [{ Fault: null } only]
            ? $"{only.Number}  the same byte for byte, SHA-256 {only.Digest}"
            : Invariant($"{proofs.Count(proof => proof.Fault is null):N0} of {Counted.Of(proofs.Count, "invoice")} come out the same byte for byte"));
    }

    private static void WriteNothing(TextWriter text, UsageMonth? month) => text.WriteLine($"no invoice of {month} is issued: there is nothing to prove");

    private static void WriteFault(TextWriter text, InvoiceProof proof)
    {
        text.WriteLine($"{proof.Number}  DIFFERS: {proof.Fault}");
        if (proof.Difference is { } difference)
        {
            text.WriteLine($"  first difference: {difference.Member}{(difference.Line is { } line ? $" ({line})" : "")}");
            text.WriteLine($"    issued      {difference.Issued ?? "(not there)"}");
            text.WriteLine($"    recomputed  {difference.Recomputed ?? "(not there)"}");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
