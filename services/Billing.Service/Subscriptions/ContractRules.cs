using System.Text.RegularExpressions;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating;
using Billing.Rating.Subscriptions;
using Billing.Service.Knowledge;
using NodaTime;

namespace Billing.Service.Subscriptions;

/// <summary>
/// The rules that a contract obeys on its own: R1, R3, R9, R10, R16, and the form of numbers and pairs (R52, R58 within
/// the contract). R2 needs no check: neither a document nor an event can say that a contract pauses.
/// </summary>
internal static partial class ContractRules
{
    /// <summary>The most numbers that a W-mode contract has in service on one day (R9).</summary>
    public const int MostNumbers = 500;

    /// <summary>The fewest contracted IDs of the Web phonebook, the administrator's among them (R16, R17).</summary>
    public const int FewestPhonebookIds = 30;

    public const string WebPhonebook = "web-phonebook";

    /// <summary>The first rule that the contract as wanted would break, or null.</summary>
    /// <param name="contract">The contract as it is; null when it was never opened.</param>
    /// <param name="wanted">The contract as it shall be.</param>
    public static Refusal? Check(SubscribedContract? contract, ContractDocument wanted) =>
        StoredText.RefuseId(wanted.Id, "contract's id")
        ?? StoredText.Refuse(wanted)
        ?? Form(wanted)
        ?? SameService(contract, wanted)
        ?? Country(wanted.Customer)
        ?? Corporate(wanted.Customer)
        ?? NumbersInService(wanted)
        ?? StationAtOpening(wanted)
        ?? Phonebook(wanted);

    private static Refusal? Form(ContractDocument wanted)
    {
        if (ContractChecks.FirstFault(new ContractsDocument { Contracts = [wanted] }) is { } fault)
        {
            var rule = Rule().Match(fault.Reason) is { Success: true } named ? named.Groups[1].Value : StoredText.DocumentRule;
            return new Refusal(rule, $"{fault.Path.Replace("$.contracts[0].", "", StringComparison.Ordinal)}: {Rule().Replace(fault.Reason, "")}");
        }

        var entries = new HashSet<(string, LocalDate)>();
        return wanted.Numbers.FirstOrDefault(entry => !entries.Add((entry.Number, entry.From))) is { } twice
            ? new Refusal(StoredText.DocumentRule, $"number {twice.Number} has two entries from {twice.From:uuuu-MM-dd}")
            : null;
    }

    private static Refusal? SameService(SubscribedContract? contract, ContractDocument wanted) =>
        contract is not null && contract.Service != wanted.Service
            ? new Refusal(StoredText.DocumentRule, "a contract keeps its service; another service is another contract")
            : null;

    private static Refusal? Country(CustomerDocument customer) =>
        customer.Country is { } country && country != "JP"
            ? new Refusal("R1", $"the contractor's address is in Japan; its country here is '{country}'")
            : null;

    private static Refusal? Corporate(CustomerDocument customer) =>
        customer.Kind is { } kind && kind != "corporate"
            ? new Refusal("R3", $"the contractor is a corporation; its kind here is '{kind}'")
        : customer.CorporateNumber is { } number && !CorporateNumber.IsValid(number)
            ? new Refusal("R3", $"'{number}' is no corporate number: 13 digits are expected, the first of which checks the others")
        : null;

    /// <summary>R9: scheduled numbers count on the days for which they are scheduled.</summary>
    private static Refusal? NumbersInService(ContractDocument wanted)
    {
        if (wanted.Service != ServiceKind.WMode || wanted.Numbers.Count <= MostNumbers)
        {
            return null;
        }

        var changes = new SortedDictionary<int, int>();
        foreach (var stretch in NumberStretch.Of(wanted).Where(stretch => !stretch.IsMobile))
        {
            changes[stretch.FromDay] = changes.GetValueOrDefault(stretch.FromDay) + 1;
            changes[stretch.ToDay] = changes.GetValueOrDefault(stretch.ToDay) - 1;
        }

        var inService = 0;
        foreach (var (day, change) in changes)
        {
            inService += change;
            if (inService > MostNumbers)
            {
                return new Refusal("R9", $"{inService} numbers would be in service on {Tokyo.Date(day):uuuu-MM-dd}; a W-mode contract has at most {MostNumbers}");
            }
        }

        return null;
    }

    private static Refusal? StationAtOpening(ContractDocument wanted) =>
        wanted.Service == ServiceKind.WMode
        && !(wanted.BillingStation is { } station && station.From <= wanted.OpenedOn && (station.To is not { } to || wanted.OpenedOn < to))
            ? new Refusal("R10", $"a W-mode contract opens with Billing Station; none is in force on {wanted.OpenedOn:uuuu-MM-dd}")
            : null;

    private static Refusal? Phonebook(ContractDocument wanted) =>
        (wanted.Options ?? []).FirstOrDefault(option => option.Code == WebPhonebook && option.Quantity < FewestPhonebookIds) is { } few
            ? new Refusal("R16", $"Web phonebook is contracted for {FewestPhonebookIds} IDs or more, the administrator's included; {few.Quantity} from {few.From:uuuu-MM-dd} are too few")
            : null;

    [GeneratedRegex(@"\s*\((R[0-9]+)\)$")]
    private static partial Regex Rule();
}
