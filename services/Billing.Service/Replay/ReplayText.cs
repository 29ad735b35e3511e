using System.Globalization;
using Billing.Contracts;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;

namespace Billing.Service.Replay;

/// <summary>What <c>billing replay</c> prints of a month for people.</summary>
internal static class ReplayText
{
    private const int MostContracts = 40;

    public static void Write(TextWriter text, ReplayResult result)
    {
        text.WriteLine($"{result.Month}{(result.Contract is { } contract ? $" of contract {contract}" : "")}, computed again with {Basis(result.Basis)}");
        WriteCalls(text, result.Calls);
        text.WriteLine();
        text.WriteLine($"{"contract",-16}{"against",-22}{"old total",16}{"new total",16}{"difference",14}");
        foreach (var difference in result.Contracts.Take(MostContracts))
        {
            Write(text, difference, lines: result.Contract is not null || result.Contracts.Count <= 5);
        }

        var more = result.Contracts.Count + result.MoreContracts - MostContracts;
        if (more > 0)
        {
            text.WriteLine(Invariant($"… {more:N0} more contracts differ; --csv writes them all"));
        }

        var differing = result.Contracts.Count + result.MoreContracts;
        text.WriteLine(Invariant($"{$"{differing:N0} of {result.ContractsCompared:N0} contracts differ",-38}{Money(result.Old.Total),16}{Money(result.New.Total),16}{Signed(result.Difference),14}"));
        text.WriteLine(Invariant($"subtotal {Money(result.Old.Subtotal)} → {Money(result.New.Subtotal)}, tax {Money(result.Old.Tax)} → {Money(result.New.Tax)}"));
        text.WriteLine("Nothing was changed. prior-usage, credits and adjustments on other documents are on neither side.");
    }

    private static void WriteCalls(TextWriter text, CallDifferences calls)
    {
        text.WriteLine(Invariant($"{Counted.Of(calls.Calls, "call or suspended record", "calls and suspended records")}, {calls.Differing:N0} differ, {Signed(calls.ChargeDifference)} yen before rounding and limits"));
        foreach (var (change, count) in calls.Changes)
        {
            text.WriteLine(Invariant($"  {change,-28} {count,12:N0}"));
        }

        if (calls.Late > 0)
        {
            text.WriteLine(Invariant($"{Counted.Of(calls.Late, "call came after its invoice and is", "calls came after their invoice and are")} on neither side"));
        }
    }

    private static void Write(TextWriter text, ContractDifference contract, bool lines)
    {
        text.WriteLine($"{contract.Contract,-16}{contract.Baseline,-22}{Money(contract.Old?.Total),16}{Money(contract.New?.Total),16}{Signed(contract.Difference),14}");
        foreach (var (side, refusal) in new[] { ("old", contract.OldRefusal), ("new", contract.NewRefusal) })
        {
            if (refusal is not null)
            {
                text.WriteLine($"  no {side} invoice: {refusal}");
            }
        }

        foreach (var line in lines ? contract.Lines : [])
        {
            var name = string.Join(' ', new[] { line.Section, line.Code, line.Detail, line.Month?.ToString(), line.TaxCategory }.Where(word => !string.IsNullOrEmpty(word)));
            text.WriteLine(Invariant($"  {name,-36}{Money(line.Old?.Amount),16}{Money(line.New?.Amount),16}{Signed(line.Difference),14}{Quantities(line)}"));
        }
    }

    private static string Quantities(LineDifference line) =>
        line.Old?.Quantity == line.New?.Quantity ? "" : Invariant($"  {line.Old?.Quantity ?? 0:N0} → {line.New?.Quantity ?? 0:N0}");

    private static string Basis(ReplayBasis basis)
    {
        var parts = new List<string> { basis.AsOf is { } at ? $"what was known and recorded at {InstantText.InTokyo(at)} Tokyo time (number {basis.Known})" : $"what is known now (number {basis.Known})" };
        if (basis.OtherTariff)
        {
            parts.Add("another tariff");
        }

        if (basis.OtherReference)
        {
            parts.Add("another reference");
        }

        if (basis.Corrections > 0)
        {
            parts.Add(Counted.Of(basis.Corrections, "supposed correction"));
        }

        return string.Join(" and ", parts);
    }

    private static string Money(Yen? amount) => amount is { } yen ? InvoiceText.Money(yen) : "–";

    private static string Signed(Yen amount) => amount.IsNegative || amount.IsZero ? Money(amount) : $"+{Money(amount)}";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
