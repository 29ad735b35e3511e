using System.Globalization;

namespace Billing.Service.Evidence;

/// <summary>A verification as people read it.</summary>
internal static class VerificationText
{
    private const int MostShown = 20;

    public static void Write(TextWriter text, Verification result)
    {
        foreach (var check in result.Checks)
        {
            text.WriteLine(Invariant($"{(check.Broken == 0 ? "holds" : "BROKEN"),-7} {check.Check}{(check.Compared > 0 ? $": {check.Compared:N0} compared" : "")}{(check.Broken > 0 ? $": {check.Broken:N0} broken" : "")}"));
        }

        foreach (var documents in result.Documents)
        {
            text.WriteLine(Invariant($"documents of {documents.Month}: {Counted.Of(documents.Invoices, "invoice")}{(documents.Credits > 0 ? $", {Counted.Of(documents.Credits, "credit")} on {(documents.Invoices == 1 ? "it" : "them")}" : "")}, SHA-256 {documents.Digest}"));
        }

        text.WriteLine(Invariant($"not sealed yet: {Counted.Of(result.Unsealed.Usage, "event")} of usage streams behind their last closing. A change of them is not seen here."));
        text.WriteLine(Invariant(
            $"never sealed: {Counted.Of(result.Unsealed.Others, "event")} of contracts, tariffs, reference, deliveries and suspense. Whether an invoice still follows from them says billing invoices verify."));
        text.WriteLine("Whoever can rewrite the whole database can rewrite its digests too: keep the digests of the documents elsewhere and compare them.");
        if (result.First is not { } first)
        {
            text.WriteLine(result is { Month: { } month, Documents.Count: 0, Unsealed.Usage: 0 }
                ? $"there is nothing of {month}, no call and no document: nothing of it is proved"
                : "proof: every digest and every row agrees");
            return;
        }

        text.WriteLine(Invariant($"BROKEN: {Counted.Of(result.Broken, "link")}. The first: {first}"));
        foreach (var link in result.Links.Skip(1).Take(MostShown - 1))
        {
            text.WriteLine($"  {link}");
        }
    }

    private static string Invariant(FormattableString line) => line.ToString(CultureInfo.InvariantCulture);
}
