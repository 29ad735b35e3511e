using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.Invoicing;
using CsCheck;
using static Billing.Rating.Tests.SampleContracts;

namespace Billing.Rating.Tests;

/// <summary>Laws of a month: order of arrival and batching change nothing, usage stays within its limit, totals add up.</summary>
public sealed class UsageLaws
{
    private static readonly string[] Destinations =
    [
        "0312345678", "09012345678", "05010001234", "05011001234", "05033001234", "010441234567", "01012025550100", "010881612345678", "0120123456", "110",
    ];

    private static readonly Gen<CallRecord[]> Calls = Gen.Select(
            Gen.Int[0, Destinations.Length - 1], Gen.Int[0, 200], Gen.Int[0, 2_000_000], Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 9])
        .Select((destination, minute, length, source, lost, answered) => new CallRecord
        {
            Source = $"sw{source}",
            Called = Destinations[destination],
            At = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"2026-10-{1 + (minute / 10):D2}T10:{minute % 10:D2}:00"),
            Seconds = length / 1000m,
            SpeechLostAfter = lost ? length / 2000 : null,
            EndCause = lost ? "mobile-interrupt" : "",
            Unanswered = answered == 0 && !lost,
        })
        .Array[1, 25].Select(calls => calls.Select((call, i) => call with { RecordId = $"r{i}" }).ToArray());

    private static readonly Gen<(CallRecord[] Calls, long Limit, int Seed)> Months = Gen.Select(Calls, Gen.OneOf<long>(Gen.Long[0, 50], Gen.Long[0, 5_000]), Gen.Int[0, 1_000_000]);

    [Fact]
    public void The_order_of_arrival_changes_neither_usage_nor_limit_nor_invoice() =>
        Law.Holds(Months, "0000EQj4QNy7", 150, month =>
        {
            var world = World.Of(Biz.Limited(month.Limit));
            var expected = Json(world.Invoice("C-BIZ", "2026-10", month.Calls));

            Json(world.Invoice("C-BIZ", "2026-10", Shuffled(month.Calls, month.Seed))).ShouldBe(expected);
            Json(world.Invoice("C-BIZ", "2026-10", [.. month.Calls.Reverse()])).ShouldBe(expected);
        });

    [Fact]
    public void Splitting_a_month_into_batches_and_merging_them_changes_nothing() =>
        Law.Holds(Months, "0000000031a8", 150, month =>
        {
            var world = World.Of(Biz.Limited(month.Limit));
            var whole = world.Usage("C-BIZ", "2026-10", month.Calls);
            var merged = new MonthUsage(Yen.Whole(month.Limit));
            foreach (var batch in month.Calls.Chunk(1 + (month.Seed % 7)))
            {
                var part = world.Usage("C-BIZ", "2026-10", batch);
                merged.AddUnanswered(part.Unanswered);
                var (tailMs, tailCharge) = (part.TailMs, part.TailCharge);
                foreach (var line in part.Lines)
                {
                    merged.Add(line, tailMs, tailCharge);
                    (tailMs, tailCharge) = (0, Yen.Zero);
                }
            }

            var rater = world.Rater();
            foreach (var record in Shuffled(month.Calls, month.Seed))
            {
                var call = World.Rate(rater, record);
                if (call.Outcome == "rated")
                {
                    merged.Walk(record.AnsweredMs, Encoding.ASCII.GetBytes(record.Source), Encoding.ASCII.GetBytes(record.RecordId), SampleTariff.Yen(call.Charge), Words.TaxCategoryOf(call.TaxCategory)!.Value);
                }
            }

            merged.Lines.ToHashSet().SetEquals(whole.Lines).ShouldBeTrue();
            (merged.Calls, merged.Unanswered, merged.TailMs, merged.TailCharge).ShouldBe((whole.Calls, whole.Unanswered, whole.TailMs, whole.TailCharge));
            merged.LimitShares.ShouldBe(whole.LimitShares);
        });

    [Fact]
    public void R14_usage_less_its_adjustment_is_the_limit_or_less() =>
        Law.Holds(Months, "0000EQj4QNy7", 150, month =>
        {
            var usage = World.Of(Biz.Limited(month.Limit)).Invoice("C-BIZ", "2026-10", month.Calls).Usage;
            var limit = Yen.Whole(month.Limit);

            (usage.Amount + usage.Adjustment).ShouldBe(Yen.Min(usage.Amount, limit));
            (usage.Adjustment <= Yen.Zero).ShouldBeTrue();
        });

    [Fact]
    public void Totals_add_up_and_tax_is_once_per_rate() =>
        Law.Holds(Months, "0000000031a8", 150, month =>
        {
            var contract = Biz.Limited(month.Limit) with { Options = [Option("web-phonebook", month.Seed % 50, "2026-10-11")], BillingStation = Station("2026-10-20") };
            var invoice = World.Of(contract).Invoice("C-BIZ", "2026-10", month.Calls);

            Sum(invoice.Lines.Select(line => line.Amount)).ShouldBe(invoice.Subtotal);
            Sum(invoice.Taxes.Select(row => row.Taxable)).ShouldBe(invoice.Subtotal);
            Sum(invoice.Taxes.Select(row => row.Tax)).ShouldBe(invoice.Tax);
            (invoice.Subtotal + invoice.Tax).ShouldBe(invoice.Total);
            invoice.Taxes.Select(row => row.Category).ShouldBe(invoice.Lines.Select(line => line.TaxCategory).Distinct().Order(StringComparer.Ordinal));
            foreach (var row in invoice.Taxes)
            {
                row.Taxable.ShouldBe(Sum(invoice.Lines.Where(line => line.TaxCategory == row.Category).Select(line => line.Amount)));
                row.Tax.ToDecimal().ShouldBe(row.Category == "S" ? decimal.Truncate(row.Taxable.ToDecimal() * 0.10m) : 0m);
            }

            invoice.Lines.ShouldAllBe(line => line.Amount.IsWhole);
            invoice.Usage.Calls.ShouldBe(invoice.Lines.Where(line => line.Section == "usage").Sum(line => line.Quantity));
        });

    private static string Json(InvoiceDocument invoice) => JsonSerializer.Serialize(invoice, BillingJson.Options);

    private static Yen Sum(IEnumerable<Yen> amounts) => amounts.Aggregate(Yen.Zero, (sum, amount) => sum + amount);

    private static CallRecord[] Shuffled(CallRecord[] calls, int seed)
    {
        var order = calls.ToArray();
        new Random(seed).Shuffle(order);
        return order;
    }
}
