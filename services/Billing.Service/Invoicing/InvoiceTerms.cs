using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Hosting;
using NodaTime;

namespace Billing.Service.Invoicing;

/// <summary>What an invoice says of its issuer and of when it is due (適格請求書: name and registration number).</summary>
public sealed record InvoiceTerms(IssuerDocument Issuer, int DueAfterMonths)
{
    public const string NameVariable = "BILLING_ISSUER_NAME";
    public const string NumberVariable = "BILLING_ISSUER_NUMBER";
    public const string DueVariable = "BILLING_DUE_AFTER_MONTHS";

    /// <summary>A made-up issuer, labelled as such; the check digit of its registration number is right.</summary>
    public static InvoiceTerms Sample { get; } = new(
        new IssuerDocument { Name = "サンプル通信株式会社（見本）", RegistrationNumber = "T8999900000001" }, DueAfterMonths: 1);

    /// <summary>An invoice is due on the last day of the month that is this many months after its own.</summary>
    public LocalDate DueOn(UsageMonth month) => month.Plus(DueAfterMonths).LastDay;

    /// <summary>The terms that this process was told.</summary>
    public static (InvoiceTerms? Terms, Refusal? Refusal) From(BillingSettings settings) =>
        From(variable => settings.All.FirstOrDefault(setting => setting.Definition.Variables.Contains(variable))?.Value);

    /// <summary>The terms to issue documents by: in production not those of the sample.</summary>
    public static (InvoiceTerms? Terms, Refusal? Refusal) ToIssue(BillingSettings settings)
    {
        var (terms, fault) = From(settings);
        return settings.Production && terms is not null && IsSample(terms.Issuer)
            ? (null, new Refusal("§8", $"in production nothing is issued in the name of the made-up sample: set {NameVariable} and {NumberVariable} to the issuer's name and registration number"))
            : (terms, fault);
    }

    /// <summary>True when the name or the number is the sample's.</summary>
    public static bool IsSample(IssuerDocument issuer) => issuer.Name == Sample.Issuer.Name || issuer.RegistrationNumber == Sample.Issuer.RegistrationNumber;

    /// <summary>Reads the terms from settings; what is not set is the sample's.</summary>
    public static (InvoiceTerms? Terms, Refusal? Refusal) From(Func<string, string?> setting)
    {
        var number = Given(setting(NumberVariable)) ?? Sample.Issuer.RegistrationNumber;
        if (number.Length != 14 || number[0] != 'T' || number.AsSpan(1).ContainsAnyExceptInRange('0', '9'))
        {
            return (null, new Refusal("§8", $"{NumberVariable}: a registration number is T and 13 digits"));
        }

        var due = Sample.DueAfterMonths;
        if (Given(setting(DueVariable)) is { } months
            && (!int.TryParse(months, NumberStyles.None, CultureInfo.InvariantCulture, out due) || due > 12))
        {
            return (null, new Refusal("§8", $"{DueVariable}: a number of months from 0 to 12 is expected"));
        }

        var name = Given(setting(NameVariable)) ?? Sample.Issuer.Name;
        return (new InvoiceTerms(new IssuerDocument { Name = name, RegistrationNumber = number }, due), null);
    }

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
