using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Knowledge;

namespace Billing.Service.Corrections;

/// <summary>What an auditor must find with every correction: why, and by whom.</summary>
internal static class GroundsRules
{
    private const int Longest = 1000;

    public static Refusal? Refuse(CorrectionGrounds grounds) =>
        string.IsNullOrWhiteSpace(grounds.Reason) ? new Refusal(FindCalls.Rule, "a reason is needed")
        : string.IsNullOrWhiteSpace(grounds.By) ? new Refusal(FindCalls.Rule, "it must be said who corrects")
        : grounds.Reason.Length > Longest || grounds.By.Length > Longest || grounds.Evidence?.Length > Longest
            ? new Refusal(FindCalls.Rule, $"reason, name and evidence have at most {Longest} characters")
        : StoredText.Refuse(grounds);
}
