using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;

namespace Billing.Rating.Reasoning;

/// <summary>A monthly fee: what it is for and how it was prorated.</summary>
/// <param name="Fee">Yen per unit and month.</param>
/// <param name="InService">The validities that put it in service, as the contract has them.</param>
/// <param name="Days">Days of the month in service, of <paramref name="DaysInMonth"/>.</param>
/// <param name="PerUnit">The prorated fee, rounded down to whole yen.</param>
public sealed record FeeFigures(
    string Code, string? Detail, Yen Fee, IReadOnlyList<Validity> InService, int Days, int DaysInMonth, Proration Proration, Yen PerUnit, long Quantity, Yen Amount) : Figures;

/// <summary>Billing Station costs nothing: it stands on a W-mode contract, or the customer holds one in the month (R11).</summary>
public sealed record FreeStationFigures(bool IsOnWMode, int Days, int DaysInMonth) : Figures;

/// <summary>A statutory fee: the month's amount per number in service on the last day of the month, rounded down to whole yen.</summary>
public sealed record StatutoryFigures(string Code, Yen PerNumber, long Numbers, LocalDate On, Yen Amount) : Figures;
