using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Replay;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;
using NodaTime;

namespace Billing.Service.Tests.Replay;

/// <summary>Replays of a world's months.</summary>
internal static class Replaying
{
    public static async Task<ReplayResult> ReplayAsync(this BilledWorld world, ReplayRequest request, ReplayFiles? files = null)
    {
        var (result, refusal) = await new ReplayMonth(world.Database.Database).RunAsync(request, files, null, default);
        refusal.ShouldBeNull();
        return result!;
    }

    public static async Task<Refusal> RefusedAsync(this BilledWorld world, ReplayRequest request)
    {
        var (result, refusal) = await new ReplayMonth(world.Database.Database).RunAsync(request, null, null, default);
        result.ShouldBeNull();
        return refusal!;
    }

    /// <summary>An instant after all that has happened and before all that will: events carry milliseconds.</summary>
    public static async Task<Instant> NowAsync(this BilledWorld world)
    {
        var now = await ClockAsync() + Duration.FromMilliseconds(2);
        await Poll.UntilAsync("the clock has gone on", async () => await ClockAsync() > now + Duration.FromMilliseconds(2));
        return now;

        async Task<Instant> ClockAsync() => Instant.FromDateTimeUtc(await world.Database.ScalarAsync<DateTime>("select clock_timestamp()"));
    }

    /// <summary>The lines and taxes of an invoice after the differences of a replay are put in.</summary>
    public static string[] After(this InvoiceDocument? old, ContractDifference? difference)
    {
        var rows = Rows(old);
        foreach (var line in difference?.Lines ?? [])
        {
            var key = $"{line.Section} {line.Code} {line.Detail} {line.Month} {line.TaxCategory}";
            rows.GetValueOrDefault(key).ShouldBe(line.Old is null ? null : Figures(line.Old.Quantity, line.Old.Seconds, line.Old.Amount), key);
            rows.Remove(key);
            if (line.New is { } figures)
            {
                rows.Add(key, Figures(figures.Quantity, figures.Seconds, figures.Amount));
            }
        }

        return Text(rows);
    }

    /// <summary>The lines and taxes of an invoice.</summary>
    public static string[] Of(InvoiceDocument? invoice) => Text(Rows(invoice));

    private static string[] Text(Dictionary<string, string> rows) => [.. rows.Select(row => $"{row.Key}: {row.Value}").Order(StringComparer.Ordinal)];

    private static Dictionary<string, string> Rows(InvoiceDocument? invoice)
    {
        var rows = new Dictionary<string, string>();
        foreach (var line in invoice?.Lines ?? [])
        {
            rows.Add($"{line.Section} {line.Code} {line.Detail} {line.Month} {line.TaxCategory}", Figures(line.Quantity, line.Seconds, line.Amount));
        }

        foreach (var tax in invoice?.Taxes ?? [])
        {
            rows.Add($"tax {tax.Rate}   {tax.Category}", Figures(null, null, tax.Tax));
        }

        return rows;
    }

    private static string Figures(long? quantity, Seconds? seconds, Yen amount) => $"{quantity} {seconds} {amount}";
}
