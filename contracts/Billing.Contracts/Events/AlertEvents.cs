using NodaTime;

namespace Billing.Contracts.Events;

/// <summary>Who is told by mail when a contract reaches a step of its usage limit (R14); replaces what was set before.</summary>
public sealed record LimitAlertAddressesSet(string Contract, IReadOnlyList<string> Addresses, string By, Instant At);
