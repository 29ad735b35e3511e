using Billing.Service.Access;
using Billing.Service.Station.Language;

namespace Billing.Service.Station.Parts;

/// <summary>A page that stands in the navigation, and for whom.</summary>
internal sealed record NavigationEntry(string Path, Phrase Name, params string[] Roles)
{
    private static readonly string[] Customers = [Access.Roles.CustomerAdmin, Access.Roles.CustomerViewer];
    private static readonly string[] Readers = [.. Customers, Access.Roles.Finance, Access.Roles.Dispute, Access.Roles.Auditor];

    private static readonly NavigationEntry[] All =
    [
        new("/station/months", Texts.Months, Access.Roles.Finance, Access.Roles.Auditor),
        new("/station/contracts", Texts.Contracts, Access.Roles.Finance, Access.Roles.Dispute, Access.Roles.Auditor),
        new("/station/usage", Texts.ThisMonth, Readers),
        new("/station/invoices", Texts.Invoices, Readers),
        new("/station/calls", Texts.Calls, Readers),
        new("/station/disputes", Texts.Disputes, Readers),
        new("/station/downloads", Texts.Downloads, Customers),
        new("/station/alerts", Texts.Alerts, Access.Roles.CustomerAdmin),
        new("/station/tariff", Texts.Tariff, Access.Roles.Finance, Access.Roles.Auditor),
        new("/station/replay", Texts.WhatIf, Access.Roles.Finance, Access.Roles.Dispute, Access.Roles.Auditor),
        new("/station/audit", Texts.Audit, Access.Roles.Auditor),
        new("/station/accounts", Texts.Accounts, Access.Roles.Operator),
        new("/station/keys", Texts.ApiKeys, Access.Roles.Operator),
    ];

    /// <summary>The pages that a reader may open, in the order of the navigation.</summary>
    public static IReadOnlyList<NavigationEntry> For(Caller caller) => [.. All.Where(entry => entry.Roles.Any(caller.Is))];
}
