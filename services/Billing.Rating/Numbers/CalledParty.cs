using System.Text;
using Billing.Contracts;
using Billing.Rating.Calls;
using Billing.Rating.Reasoning;
using Billing.Rating.Reference;

namespace Billing.Rating.Numbers;

/// <summary>Called numbers made comparable, however they were dialled or written down.</summary>
public static class CalledParty
{
    /// <summary>
    /// The number as rating has it: normalised, without caller-id and carrier prefixes, international ones from <c>010</c> on. Of a
    /// number that has no class (a barred one, say) the normalised number; null when the text is no number.
    /// </summary>
    /// <param name="day">The day of the call, in days since 1970.</param>
    public static string? Of(ReadOnlySpan<byte> utf8, ReferenceTables reference, int day)
    {
        Span<byte> normalised = stackalloc byte[NumberText.Capacity + 3];
        var length = NumberText.Normalise(utf8, normalised);
        if (length < 0)
        {
            return null;
        }

        var facts = new CallFacts
        {
            Kind = CallKind.Call,
            Mode = CallMode.Ip,
            StartedMs = 0,
            AnsweredMs = 0,
            EndedMs = 0,
            PayingNumber = default,
            CalledNumber = normalised[..length],
        };
        var result = default(RatedCall);
        var reasoning = default(NoReasoning);
        return CalledNumber.Classify(facts, reference, day, ref result, ref reasoning) == SuspenseReason.None
            ? Encoding.ASCII.GetString(result.Destination)
            : Encoding.ASCII.GetString(normalised[..length]);
    }
}
