using System.Globalization;

namespace Billing.Bench.Ratios;

/// <summary>The measured ratios with what they should be, as Markdown.</summary>
internal static class RatiosReport
{
    public static void Print(TextWriter text, RatiosResult result, RatiosOptions options)
    {
        var samples = result.Samples;
        text.WriteLine($"{options.Rows:N0} rows of {options.Contracts:N0} contracts, {result.Events:N0} events; {options.Rounds} rounds, median (min–max).");
        text.WriteLine();

        var speeds = new Table("way", "a second", "× plain COPY");
        foreach (var name in (string[])[RatiosCommand.PlainCopy, RatiosCommand.Ingest, RatiosCommand.QuickAppend, RatiosCommand.RichAppend, RatiosCommand.SingleAppend])
        {
            speeds.Add(name, samples.Speed(name), samples.Ratio(name, RatiosCommand.PlainCopy));
        }

        foreach (var name in (string[])[RatiosCommand.PlainRead, RatiosCommand.Rebuild, RatiosCommand.Replay, RatiosCommand.Proof, RatiosCommand.SumQuery, RatiosCommand.Issue, RatiosCommand.Rate])
        {
            speeds.Add(name, samples.Speed(name), "");
        }

        speeds.Print(text);

        var ratios = new Table("figure", "measured", "owed");
        ratios.Add("ingest ÷ plain COPY", samples.Ratio(RatiosCommand.Ingest, RatiosCommand.PlainCopy), "≥ 0.5, target 0.6");
        ratios.Add("rebuild ÷ plain read and deserialise", samples.Ratio(RatiosCommand.Rebuild, RatiosCommand.PlainRead), "≥ 0.4");
        ratios.Add("replay of the month ÷ plain read and deserialise", samples.Ratio(RatiosCommand.Replay, RatiosCommand.PlainRead), "≥ 0.4");
        ratios.Add("proof of the month ÷ plain read and deserialise", samples.Ratio(RatiosCommand.Proof, RatiosCommand.PlainRead), "");
        ratios.Add($"issuing {options.Contracts:N0} invoices ÷ one SQL pass, in time", samples.Ratio(RatiosCommand.SumQuery, RatiosCommand.Issue), "≤ 20, target 10");
        ratios.Add("rate, rows a second", samples.Speed(RatiosCommand.Rate), "≥ 250,000");
        ratios.Add("ingest ÷ Marten quick append", samples.Ratio(RatiosCommand.Ingest, RatiosCommand.QuickAppend), "");
        ratios.Add("peak memory of ingest", Megabytes(result.IngestPeakBytes), "< 500 MB");
        ratios.Add("peak memory of rate", Megabytes(result.RatePeakBytes), "");
        if (samples.Has(RatiosCommand.LastMillion))
        {
            ratios.Add("ingest, last million ÷ first million", samples.Ratio(RatiosCommand.LastMillion, RatiosCommand.FirstMillion), "≥ 0.8");
        }

        ratios.Print(text);
    }

    private static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:F0} MB");
}
