using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Rating.Reasoning;

/// <summary>The tariff version in force on the Tokyo date of the answer; without id none is.</summary>
public sealed record TariffFigures(string? Id, string? Version, Validity? Validity, LocalDate On) : Figures;

/// <summary>The most specific price row that matches the call, by its place in the tariff's <c>prices</c> (from 0); an absent key matches all.</summary>
public sealed record PriceRowFigures(int Row, string Plan, string Class, string? Carrier, string? Prefix, string? Kind, string? Mode) : Figures;

/// <summary>A period of a plan: days of the week and the Tokyo time from which it holds; without days it always does.</summary>
public sealed record PeriodFigures(IReadOnlyList<string>? Days, string? From);

/// <summary>A step of a plan: from so many seconds of the call on, yen per unit, charged by increments.</summary>
public sealed record StepFigures(Seconds From, Yen Price, Seconds Unit, Seconds Increment);

/// <summary>The fee of every answered call, of the period in force at the answer.</summary>
public sealed record ConnectionFeeFigures(Yen Fee, PeriodFigures Period) : Figures;

/// <summary>A run of equal increments.</summary>
/// <param name="Elapsed">The time of the call at which the run begins.</param>
/// <param name="Amount">What the run costs, exactly.</param>
public sealed record IncrementsFigures(Seconds Elapsed, PeriodFigures Period, StepFigures Step, long Increments, ExactYen Amount) : Figures;

/// <summary>The connection fee and all runs together, exactly.</summary>
public sealed record SumFigures(ExactYen Sum, long Units) : Figures;

/// <summary>How the plan rounds the sum.</summary>
public sealed record RoundingFigures(RoundingMethod Method, int Decimals, ExactYen Before, Yen After) : Figures;

/// <summary>The least or the most that a call costs, and what it did to the charge.</summary>
public sealed record BoundFigures(Yen Bound, Yen Before, Yen After) : Figures;
