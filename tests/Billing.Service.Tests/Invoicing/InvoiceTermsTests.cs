using Billing.Contracts;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Hosting;

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

    [Theory]
    [InlineData("true", null, null, false)]
    [InlineData("true", "例通信株式会社", null, false)]
    [InlineData("true", null, "T1234567890123", false)]
    [InlineData("true", "例通信株式会社", "T1234567890123", true)]
    [InlineData("false", null, null, true)]
    public void In_production_the_sample_issues_nothing(string production, string? name, string? number, bool issues)
    {
        var settings = new (string Name, string? Value)[] { ("production", production), ("issuer-name", name), ("issuer-number", number) };
        var (terms, refusal) = InvoiceTerms.ToIssue(Server.Settings("Host=h", [.. settings.Where(one => one.Value is not null).Select(one => (one.Name, one.Value!))]));
        (terms is not null).ShouldBe(issues);
        refusal?.Message.ShouldContain("set BILLING_ISSUER_NAME and BILLING_ISSUER_NUMBER");
    }

    [Fact]
    public void The_check_digit_of_the_sample_is_right()
    {
        var digits = InvoiceTerms.Sample.Issuer.RegistrationNumber[1..].Select(digit => digit - '0').ToArray();
        var sum = digits[1..].Reverse().Select((digit, i) => digit * (i % 2 == 0 ? 1 : 2)).Sum();
        digits[0].ShouldBe(9 - (sum % 9));
        InvoiceTerms.Sample.Issuer.Name.ShouldContain("見本");
    }
}
