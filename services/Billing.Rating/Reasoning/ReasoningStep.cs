using NodaTime;

namespace Billing.Rating.Reasoning;

/// <summary>One step of the reasoning behind an outcome or a charge.</summary>
/// <param name="Rule">The rule it follows: <c>R73</c>, or the section of the rating rules, <c>§6</c>.</param>
/// <param name="Step">What kind of step it is: <c>carrier-prefix</c>. Sentences for people are made from it and the figures elsewhere.</param>
/// <param name="Figures">What was looked at and what came of it.</param>
public sealed record ReasoningStep(string Rule, string Step, Figures Figures);

/// <summary>The figures of a step; each kind of step has its own.</summary>
public abstract record Figures;

/// <summary>The Tokyo dates <c>[From, To)</c> on which something is in force; an absent end is open.</summary>
public sealed record Validity(LocalDate? From, LocalDate? To)
{
    /// <summary>From day numbers, where the least and the greatest one stand for an open end.</summary>
    public static Validity OfDays(int fromDay, int toDay) =>
        new(fromDay == int.MinValue ? null : Tokyo.Date(fromDay), toDay == int.MaxValue ? null : Tokyo.Date(toDay));
}
