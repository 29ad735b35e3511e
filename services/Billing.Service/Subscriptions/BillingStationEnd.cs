using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Service.Subscriptions;

/// <summary>When Billing Station ends after a W-mode contract did (R12). The date is always computed, never stored.</summary>
internal static class BillingStationEnd
{
    /// <summary>
    /// The first day without Billing Station: the one after the last day of month M+2, M being the month of termination.
    /// Null when it does not end so: the contract is no terminated W-mode contract, its end is set, another contract of
    /// the customer uses Billing Station beyond that day, or a W-mode contract of the customer is open before it.
    /// </summary>
    public static LocalDate? Of(ContractDocument contract, IEnumerable<ContractDocument> all)
    {
        if (contract is not { Service: ServiceKind.WMode, TerminatedOn: { Year: > 0 and < 9998 } terminated, BillingStation: { To: null } })
        {
            return null;
        }

        var end = UsageMonth.Of(terminated).Plus(3).FirstDay;
        var goesOn = contract.Customer.CorporateNumber is { } number && all.Any(other =>
            other.Id != contract.Id && other.Customer.CorporateNumber == number && Uses(other, terminated, end));
        return goesOn ? null : end;
    }

    private static bool Uses(ContractDocument other, LocalDate terminated, LocalDate end) => other.Service == ServiceKind.WMode
        ? other.OpenedOn < end && (other.TerminatedOn is not { } otherEnd || otherEnd > terminated)
        : other.BillingStation is { } station && station.From < end && (station.To is not { } to || to > terminated)
            && other.OpenedOn < end && (other.TerminatedOn is not { } closed || closed > terminated);
}
