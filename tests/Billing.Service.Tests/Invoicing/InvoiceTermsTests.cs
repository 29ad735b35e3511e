using Billing.Contracts;
using Billing.Service.Invoicing;

namespace Billing.Service.Tests.Invoicing;

public class InvoiceTermsTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("T8999900000001", true)]
    [InlineData("T1234567890123", true)]
    [InlineData("8999900000001", false)]
    [InlineData("T899990000000", false)]
    [InlineData("T89999000000011", false)]
    [InlineData("T８999900000001", false)]
    public void A_registration_number_is_T_and_13_digits(string? number, bool accepted) =>
        (InvoiceTerms.From(name => name == InvoiceTerms.NumberVariable ? number : null).Terms is not null).ShouldBe(accepted);

    [Theory]
    [InlineData(null, "2026-11-30")]
    [InlineData("0", "2026-10-31")]
    [InlineData("2", "2026-12-31")]
    [InlineData("13", null)]
    [InlineData("-1", null)]
    public void Invoices_are_due_on_the_last_day_of_a_month(string? months, string? due) =>
        InvoiceTerms.From(name => name == InvoiceTerms.DueVariable ? months : null).Terms?.DueOn(new UsageMonth(2026, 10)).ToString("uuuu-MM-dd", null).ShouldBe(due);

    [Fact]
    public void The_check_digit_of_the_sample_is_right()
    {
        var digits = InvoiceTerms.Sample.Issuer.RegistrationNumber[1..].Select(digit => digit - '0').ToArray();
        var sum = digits[1..].Reverse().Select((digit, i) => digit * (i % 2 == 0 ? 1 : 2)).Sum();
        digits[0].ShouldBe(9 - (sum % 9));
        InvoiceTerms.Sample.Issuer.Name.ShouldContain("見本");
    }
}
