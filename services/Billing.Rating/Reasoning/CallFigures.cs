using Billing.Contracts;
using NodaTime;

namespace Billing.Rating.Reasoning;

/// <summary>Who pays (R58): the contract, its 050 number, and in mobile mode the paired mobile number that was found in the record.</summary>
/// <param name="On">The Tokyo date of the start, on which all of it must be in force.</param>
public sealed record PayerFigures(
    string Contract, string Service, string Number, string? MobileNumber, Validity NumberValidity, Validity ContractValidity, LocalDate On) : Figures;

/// <summary>The Tokyo month that a record counts for.</summary>
public sealed record UsageMonthFigures(UsageMonth Month) : Figures;

/// <summary>Nobody answered: nothing else is tested.</summary>
public sealed record UnansweredFigures(UsageMonth Month) : Figures;

/// <summary>Nobody can be charged, and the first reason that applies.</summary>
public sealed record SuspendedFigures(string Reason) : Figures;

/// <summary>The time that is charged, answer to end or, when the tail is longer than its limit, to the limit.</summary>
/// <param name="Connected">Answer to end.</param>
public sealed record ChargeableTimeFigures(Seconds Chargeable, Seconds Connected, Instant AnsweredAt, Instant EndedAt, Instant? SpeechLostAt) : Figures;

/// <summary>The line stayed open longer after speech was lost than may be charged (R73).</summary>
public sealed record TailOverLimitFigures(Seconds Open, Seconds Limit, Seconds NotCharged, string EndCause) : Figures;

/// <summary>The disconnect charge (R73, R74): what the time after speech was lost adds to the charge.</summary>
public sealed record TailFigures(Seconds Tail, Yen TailCharge, Yen Charge, Yen ChargeWithoutTail) : Figures;

/// <summary>The charge of the call, tax-exclusive, and the increments walked for it.</summary>
public sealed record ChargeFigures(Yen Charge, long Units, string TaxCategory) : Figures;
