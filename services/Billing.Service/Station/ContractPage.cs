using Billing.Contracts;
using Billing.Rating.Subscriptions;
using Microsoft.AspNetCore.Components;

namespace Billing.Service.Station;

/// <summary>A page about one contract and month: those of the address, else the reader's first contract and the month that it is.</summary>
public abstract class ContractPage : StationPage
{
    [SupplyParameterFromQuery(Name = "contract")]
    public string? ContractId { get; set; }

    [SupplyParameterFromQuery(Name = "month")]
    public string? MonthText { get; set; }

    protected IReadOnlyList<Contract> Contracts { get; private set; } = [];

    /// <summary>Null when none was chosen, or the page is missing.</summary>
    protected Contract? Chosen { get; private set; }

    protected UsageMonth Month { get; private set; }

    /// <summary>Reads what was chosen. Another's contract is missing, like one that does not exist.</summary>
    protected async Task ChooseAsync()
    {
        Contracts = await ContractsAsync();
        Month = MonthText is null ? UsageMonth.Of(Today) : UsageMonth.TryParse(MonthText, out var month) ? month : default;
        Chosen = ContractId is null ? (Caller.IsCustomer && Contracts.Count > 0 ? Contracts[0] : null) : await ContractAsync(ContractId);
        if (Month == default || (ContractId is not null && Chosen is null))
        {
            Missing();
        }
    }
}
