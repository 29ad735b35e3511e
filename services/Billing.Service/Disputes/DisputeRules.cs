using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;

namespace Billing.Service.Disputes;

/// <summary>What holds for every change of a dispute.</summary>
internal static class DisputeRules
{
    /// <summary>The rule named when a dispute is not handled as disputes are.</summary>
    public const string Rule = "dispute";

    public const string Prefix = "dispute-";

    public static string Stream(string id) => Prefix + id;

    /// <summary>The terms by which a decision makes its document; what is rejected makes none, so any terms do.</summary>
    public static (InvoiceTerms? Terms, Refusal? Refusal) Terms(string? outcome, BillingSettings settings) =>
        outcome == DisputeStates.Rejected ? InvoiceTerms.From(settings) : InvoiceTerms.ToIssue(settings);

    /// <summary>A change of a dispute that is open, by somebody.</summary>
    public static Refusal? RefuseChange<T>(Dispute? dispute, string id, string by, T command) =>
        RefuseAccess(dispute, id, by, command)
        ?? (dispute!.State == DisputeStates.Open
            ? null
            : new Refusal(Rule, $"dispute {id} ended on {dispute.ClosedOn:uuuu-MM-dd}: {dispute.State}"));

    /// <summary>What may be done with a dispute that has ended, too.</summary>
    public static Refusal? RefuseAccess<T>(Dispute? dispute, string id, string by, T command) =>
        dispute?.Opened is null ? new Refusal(Rule, $"there is no dispute {id}")
        : Needed(by, "who does it") ?? StoredText.Refuse(command);

    public static Refusal? Needed(string? text, string what) =>
        string.IsNullOrWhiteSpace(text) ? new Refusal(Rule, $"{what} is to be said") : null;

    /// <summary>An id becomes part of addresses and of the names of files.</summary>
    public static Refusal? RefuseId(string id) =>
        id.Length is 0 or > StoredText.LongestId || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || id[0] == '.'
            ? new Refusal(Rule, $"the dispute's id is 1 to {StoredText.LongestId} letters, digits, '-', '_' or '.', and does not begin with '.'")
            : null;

    public static Refusal? RefuseDigest(string? sha256) =>
        sha256 is null || (sha256.Length == 64 && sha256.All(char.IsAsciiHexDigitLower))
            ? null
            : new Refusal(Rule, "a SHA-256 digest is 64 lower-case hex digits");
}
