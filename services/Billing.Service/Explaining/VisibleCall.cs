using Billing.Contracts.Events;
using Billing.Rating.Subscriptions;
using Billing.Service.Access;
using Billing.Service.Usage;

namespace Billing.Service.Explaining;

/// <summary>What a caller may see of a call's explanation. Staff see all of it.</summary>
internal static class VisibleCall
{
    /// <summary>
    /// Null when the call is not the caller's to see: a customer sees those of own contracts and departments, and what nobody
    /// pays for yet is nobody's. What happened to it while it was another's is left out. Who sees some departments only sees
    /// neither the limit nor the invoice's line: both are sums of the whole contract.
    /// </summary>
    /// <param name="contracts">What is known now: it says whose a department is.</param>
    public static CallExplanation? Of(CallExplanation call, Caller caller, ContractBook contracts)
    {
        if (!caller.IsCustomer)
        {
            return call;
        }

        if (call.Record is not { } record || !MaySee(call.Result, record, caller, contracts)
            || (call.Difference is { Stands: var stands } && stands.Contract is not null && !MaySee(stands, record, caller, contracts)))
        {
            return null;
        }

        var own = WithOwnHistory(call, caller);
        return caller.Departments is null ? own : own with { Limit = null, Invoice = null };
    }

    /// <summary>Without what happened to the call while it was another's.</summary>
    public static CallExplanation WithOwnHistory(CallExplanation call, Caller caller) => call with
    {
        Events = [.. call.Events.Where(happened => UsageStreams.Read(happened.Stream).Contract is not { Length: > 0 } contract || caller.MaySee(contract))],
    };

    private static bool MaySee(CallResult? result, CallRecord record, Caller caller, ContractBook contracts) =>
        result?.Contract is { } id && caller.MaySee(id) && contracts.Find(id)?.Document is { } contract
        && (caller.Departments is null || caller.MaySeeDepartment(new NumberDepartments(contract).Of(result.Number, record.AnsweredAt ?? record.StartedAt)));
}
