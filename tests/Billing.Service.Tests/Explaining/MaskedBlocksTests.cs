using Billing.Rating.Reasoning;
using Billing.Service.Explaining;

namespace Billing.Service.Tests.Explaining;

/// <summary>The block that a number lies in tells no more of the number than the masked number does.</summary>
public sealed class MaskedBlocksTests
{
    [Theory]
    [InlineData("0120-123", "0120-12*")]
    [InlineData("0570-012", "0570-01*")]
    [InlineData("0800-123", "0800-123")]
    [InlineData("050-3300", "050-3300")]
    public void A_block_is_shown_as_far_as_the_number_is(string digits, string shown)
    {
        var step = Sentences.Of([new ReasoningStep("R39", "block", new BlockFigures(digits, digits, digits, "ntt", null))], reveal: false).ShouldHaveSingleItem();
        step.Figures.ShouldBe(new BlockFigures(shown, shown, shown, "ntt", null));
        step.En.ShouldContain(shown);
        (step.Ja + step.En).Contains(digits, StringComparison.Ordinal).ShouldBe(digits == shown);
        Sentences.Of([new ReasoningStep("R39", "block", new BlockFigures(digits, digits, digits, "ntt", null))], reveal: true)[0].En.ShouldContain(digits);
    }
}
