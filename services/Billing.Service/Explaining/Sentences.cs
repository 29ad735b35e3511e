using Billing.Rating.Reasoning;
using Billing.Service.Usage;

namespace Billing.Service.Explaining;

/// <summary>Makes of the steps of a reasoning what a person reads: a sentence each, numbers masked unless they may be seen.</summary>
internal static class Sentences
{
    /// <param name="reveal">True: called numbers stay as they are.</param>
    public static IReadOnlyList<ExplainedStep> Of(IEnumerable<ReasoningStep> steps, bool reveal) =>
        [.. steps.Select(step => Of(reveal ? step : step with { Figures = WithoutNumber(step.Figures) }))];

    /// <summary>A step as it is.</summary>
    public static ExplainedStep Of(ReasoningStep step)
    {
        var sentence = SentenceOf(step);
        return new ExplainedStep(step.Rule, step.Step, step.Figures, sentence.Ja, sentence.En);
    }

    /// <exception cref="InvalidOperationException">A kind of step that nobody has words for: a defect.</exception>
    private static Sentence SentenceOf(ReasoningStep step) =>
        CallSentences.Of(step.Figures)
        ?? NumberSentences.Of(step.Figures)
        ?? PriceSentences.Of(step)
        ?? LineSentences.Of(step.Figures)
        ?? (step.Figures is SuspendedFigures suspended ? SuspenseSentences.Of(suspended.Reason) : default(Sentence?))
        ?? throw new InvalidOperationException($"There is no sentence for the step {step.Step}.");

    private static Figures WithoutNumber(Figures figures) => figures switch
    {
        NormalisedFigures number => number with { Number = Masked.Number(number.Number) },
        JapanFigures number => number with { Number = Masked.Number(number.Number) },
        BlockFigures block => block with { Digits = BlockDigits(block.Digits)!, First = BlockDigits(block.First), Last = BlockDigits(block.Last) },
        ClassFigures found => found with { Destination = Masked.Number(found.Destination) },
        _ => figures,
    };

    /// <summary>
    /// Of the digits by which a block is looked up only those that a masked number shows: of 0120-123-456, which has ten, no more than six.
    /// </summary>
    private static string? BlockDigits(string? key)
    {
        if (key is null)
        {
            return null;
        }

        var length = key.StartsWith("050", StringComparison.Ordinal) || key.StartsWith("0800", StringComparison.Ordinal) ? 11 : 10;
        var hidden = Math.Max(0, key.Count(char.IsAsciiDigit) + Masked.Digits - length);
        return key[..^hidden] + new string('*', hidden);
    }
}
