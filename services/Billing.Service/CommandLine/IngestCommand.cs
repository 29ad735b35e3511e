using System.CommandLine;
using System.Diagnostics;
using Billing.Contracts.Documents;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;

namespace Billing.Service.CommandLine;

/// <summary><c>billing ingest FILE…</c>: takes files of call records in.</summary>
internal static class IngestCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Arity = ArgumentArity.OneOrMore, Description = "Files of cdr v1: CSV or JSON lines, plain or gzip; - for standard input" };
        var command = new Command("ingest", "Takes files of call records in, exactly once; a file sent again changes nothing.") { files, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            using var knowledge = new KnowledgeCache(run.Database);
            var ingest = new IngestFile(run.Database, knowledge, TimeProvider.System);
            var code = Exit.Done;
            foreach (var file in parsed.GetRequiredValue(files))
            {
                code = Math.Max(code, await IngestAsync(ingest, file, run));
            }

            return code;
        }, cancellation));
        return command;
    }

    private static async Task<int> IngestAsync(IngestFile ingest, string file, StoreRun run)
    {
        using var spool = file == "-" ? await SpoolAsync(Console.OpenStandardInput(), run.Cancellation) : null;
        var clock = Stopwatch.StartNew();
        var result = await ingest.RunAsync(spool?.Name ?? file, file == "-" ? "standard-input" : Path.GetFileName(file), Progress(), run.Cancellation);
        if (result.Refused is { } fault)
        {
            Run.Error($"{file}: {fault}");
            return Exit.Refused;
        }

        run.Write(result.Receipt!, text => WriteReceipt(text, result, clock.Elapsed));
        return Exit.Done;
    }

    /// <summary>Standard input is read twice, so it goes into a temporary file, which is gone when it is closed.</summary>
    private static async Task<FileStream> SpoolAsync(Stream input, CancellationToken cancellation)
    {
        var spool = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose);
        await input.CopyToAsync(spool, cancellation);
        await spool.FlushAsync(cancellation);
        return spool;
    }

    private static Progress<long>? Progress()
    {
        if (Console.IsErrorRedirected)
        {
            return null;
        }

        var clock = Stopwatch.StartNew();
        return new Progress<long>(rows => Console.Error.Write($"\r{rows:N0} rows, {rows / Math.Max(clock.Elapsed.TotalSeconds, 0.001):N0} rows/s "));
    }

    private static void WriteReceipt(TextWriter text, IngestResult result, TimeSpan elapsed)
    {
        var receipt = result.Receipt!;
        if (result.WasKnown)
        {
            text.WriteLine($"{receipt.File}: taken in before, nothing changed; the first receipt:");
        }

        var rate = result.WasKnown ? "" : $", {receipt.Rows / Math.Max(elapsed.TotalSeconds, 0.001):N0} rows/s";
        text.WriteLine($"{receipt.File}: {receipt.Rows:N0} rows{rate}");
        text.WriteLine($"  sha256      {receipt.Sha256}");
        text.WriteLine($"  rated       {receipt.Outcomes.Rated,12:N0}");
        text.WriteLine($"  unanswered  {receipt.Outcomes.Unanswered,12:N0}");
        WriteReasons(text, "suspended", receipt.Outcomes.Suspended, receipt.Reasons.Suspended);
        text.WriteLine($"  duplicate   {receipt.Outcomes.Duplicate,12:N0}");
        WriteReasons(text, "rejected", receipt.Outcomes.Rejected, receipt.Reasons.Rejected);
        if (receipt.UnknownColumns.Count > 0)
        {
            text.WriteLine($"  ignored columns: {string.Join(", ", receipt.UnknownColumns)}");
        }
    }

    private static void WriteReasons(TextWriter text, string outcome, long count, IReadOnlyDictionary<string, long> reasons)
    {
        text.WriteLine($"  {outcome,-11} {count,12:N0}");
        foreach (var (reason, times) in reasons)
        {
            text.WriteLine($"    {reason,-32} {times,10:N0}");
        }
    }
}
