using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Contracts.Events;

/// <summary>A contract was opened: on <c>contract-{id}</c>.</summary>
public sealed record ContractOpened(string Contract, ServiceKind Service, CustomerDocument Customer, LocalDate OpenedOn);

/// <summary>The customer's name, address or corporate number changed.</summary>
public sealed record CustomerChanged(CustomerDocument Customer);

/// <summary>The opening date was set right.</summary>
public sealed record OpeningMoved(LocalDate OpenedOn);

/// <summary>A number came into service, or its entry (pair, department, end) was set anew; an entry is known by number and from.</summary>
public sealed record NumberAssigned(NumberDocument Entry);

/// <summary>An entry of a number was taken out, as if it had never been.</summary>
public sealed record NumberWithdrawn(string Number, LocalDate From);

public sealed record UsageLimitsSet(IReadOnlyList<UsageLimitDocument> Limits);

public sealed record OptionsSet(IReadOnlyList<OptionDocument> Options);

/// <summary>Billing Station starts, changes its dates or, with null, ends as if it had never been.</summary>
public sealed record BillingStationSet(BillingStationDocument? Station);

public sealed record ContractTerminated(LocalDate TerminatedOn);

/// <summary>A termination was taken back.</summary>
public sealed record TerminationCancelled;

/// <summary>Deposit movements are shown to finance and are not on the invoice (R13). Kind: required, received, returned, set-off.</summary>
public sealed record DepositRecorded(string Kind, Yen Amount, LocalDate On);

/// <summary>A tariff version was published: on <c>tariff-{id}</c>. A version published again replaces the earlier text from now on.</summary>
public sealed record TariffVersionPublished(TariffDocument Tariff);

public sealed record TariffVersionWithdrawn(string Version);

/// <summary>The reference data was replaced whole: on <c>reference-tables</c>.</summary>
public sealed record ReferencePublished(ReferenceDocument Reference);
