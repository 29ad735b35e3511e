using System.Text.Json.Serialization;
using NodaTime;

namespace Billing.Contracts.Documents;

/// <summary><c>contracts.json</c>: the contracts as they are agreed. Dates are Tokyo dates, validity is <c>[from, to)</c>.</summary>
public sealed record ContractsDocument
{
    public required IReadOnlyList<ContractDocument> Contracts { get; init; }
}

/// <summary>One contract of 050 plus for Biz or 050 plus W-mode.</summary>
public sealed record ContractDocument
{
    public required string Id { get; init; }

    public required ServiceKind Service { get; init; }

    public required CustomerDocument Customer { get; init; }

    public required LocalDate OpenedOn { get; init; }

    /// <summary>The first day that is no longer served; absent while the contract runs.</summary>
    public LocalDate? TerminatedOn { get; init; }

    public required IReadOnlyList<NumberDocument> Numbers { get; init; }

    public IReadOnlyList<UsageLimitDocument>? UsageLimits { get; init; }

    public IReadOnlyList<OptionDocument>? Options { get; init; }

    public BillingStationDocument? BillingStation { get; init; }
}

/// <summary>The contracting party. Billing enforces that it is corporate and in Japan (R1, R3).</summary>
public sealed record CustomerDocument
{
    public required string Name { get; init; }

    public string? Kind { get; init; }

    public string? Country { get; init; }

    /// <summary>法人番号, 13 digits.</summary>
    public string? CorporateNumber { get; init; }
}

/// <summary>A 050 number of a contract and, on W-mode, the mobile number it is paired with (R52, R58).</summary>
public sealed record NumberDocument
{
    public required string Number { get; init; }

    public string? MobileNumber { get; init; }

    public required LocalDate From { get; init; }

    public LocalDate? To { get; init; }

    public string? Department { get; init; }
}

/// <summary>The monthly usage limit (ご利用上限額, R14) in whole yen.</summary>
public sealed record UsageLimitDocument
{
    public required Yen Amount { get; init; }

    public required LocalDate From { get; init; }

    public LocalDate? To { get; init; }
}

/// <summary>A priced option, for instance <c>web-phonebook</c> with the number of contracted IDs (R16, R17).</summary>
public sealed record OptionDocument
{
    public required string Code { get; init; }

    public int Quantity { get; init; } = 1;

    public required LocalDate From { get; init; }

    public LocalDate? To { get; init; }
}

/// <summary>Use of Billing Station (R10 to R12).</summary>
public sealed record BillingStationDocument
{
    public required LocalDate From { get; init; }

    public LocalDate? To { get; init; }
}

public enum ServiceKind
{
    [JsonStringEnumMemberName("biz")]
    Biz,
    [JsonStringEnumMemberName("w-mode")]
    WMode,
}
