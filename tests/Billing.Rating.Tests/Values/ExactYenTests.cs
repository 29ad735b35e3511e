using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Json;

namespace Billing.Rating.Tests;

/// <summary>Amounts before rounding.</summary>
public sealed class ExactYenTests
{
    private static readonly JsonSerializerOptions Json = Options();

    [Theory]
    [InlineData(20, 2, "10")]
    [InlineData(104, 10, "10.4")]
    [InlineData(10, 3, "10/3")]
    [InlineData(-20, 6, "-10/3")]
    [InlineData(0, 7, "0")]
    public void It_is_written_as_a_decimal_or_as_a_reduced_fraction(int numerator, int denominator, string text)
    {
        var amount = ExactYen.Of(numerator, denominator);

        amount.ToString().ShouldBe(text);
        JsonSerializer.Deserialize<ExactYen>(JsonSerializer.Serialize(amount, Json), Json).ShouldBe(amount);
    }

    [Fact]
    public void Thirds_add_up_to_whole_yen() =>
        (ExactYen.Of(10, 3) + ExactYen.Of(10, 3) + ExactYen.Of(10, 3)).ToYen().ShouldBe(Yen.Whole(10));

    [Fact]
    public void What_money_can_not_hold_is_no_money()
    {
        ExactYen.Of(1, 3).ToYen().ShouldBeNull();
        ExactYen.Of(System.Numerics.BigInteger.Pow(10, 30), 1).ToYen().ShouldBeNull();
        default(ExactYen).ToYen().ShouldBe(Yen.Zero);
    }

    [Theory]
    [InlineData("1/0")]
    [InlineData("1/-3")]
    [InlineData("x")]
    public void What_is_no_amount_is_refused(string text) =>
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<ExactYen>($"\"{text}\"", Json));

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions();
        BillingJson.Apply(options);
        return options;
    }
}
