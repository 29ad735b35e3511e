using System.Numerics;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Tariffs;

namespace Billing.Rating.Reasoning;

/// <summary>The steps of a price: tariff, row, runs of increments, rounding, bounds. Asked only when reasons are wanted.</summary>
internal static class PriceReasons
{
    public static void Tariff<TReasoning>(ref TReasoning reasoning, TariffVersion? tariff, int day)
        where TReasoning : struct, IReasoning =>
        reasoning.Add("§1", "tariff", new TariffFigures(
            tariff?.Document.Id, tariff?.Version, tariff is null ? null : Validity.OfDays(tariff.FromDay, tariff.ToDay), Tokyo.Date(day)));

    public static void Row<TReasoning>(ref TReasoning reasoning, PriceRow row)
        where TReasoning : struct, IReasoning =>
        reasoning.Add("§6", "price-row", new PriceRowFigures(
            row.Index, row.Plan.Name, row.Document.Class, row.Document.Carrier, row.Document.Prefix, row.Document.Kind, row.Document.Mode));

    public static void ConnectionFee<TReasoning>(ref TReasoning reasoning, PricePlan.Period period)
        where TReasoning : struct, IReasoning =>
        reasoning.Add("§6", "connection-fee", new ConnectionFeeFigures(period.ConnectionFee, FiguresOf(period)));

    public static void Increments<TReasoning>(
        ref TReasoning reasoning, long elapsedMs, PricePlan.Period period, PricePlan.Step step, long increments, ExactYen amount)
        where TReasoning : struct, IReasoning =>
        reasoning.Add("§6", "increments", new IncrementsFigures(
            new Seconds(elapsedMs),
            FiguresOf(period),
            new StepFigures(new Seconds(step.FromMs), step.Price, new Seconds(step.UnitMs), new Seconds(step.IncrementMs)),
            increments,
            amount));

    /// <summary>The sum, and what rounding made of it.</summary>
    public static void Sum<TReasoning>(ref TReasoning reasoning, ExactYen sum, long units, RoundingDocument? rounding, Yen settled)
        where TReasoning : struct, IReasoning
    {
        reasoning.Add("§6", "sum", new SumFigures(sum, units));
        if (rounding is not null)
        {
            reasoning.Add("§6", "rounding", new RoundingFigures(rounding.Method, rounding.Decimals, sum, settled));
        }
    }

    private static PeriodFigures FiguresOf(PricePlan.Period period) => new(period.Days, period.From);
}
