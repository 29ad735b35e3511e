using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;

namespace Billing.Service.CommandLine;

/// <summary><c>billing ingest FILE…</c>: takes files of call records in.</summary>
internal static class IngestCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files") { Arity = ArgumentArity.OneOrMore, Description = "Files of cdr v1 (CSV or JSON lines) or, with --profile, of a switch; plain or gzip; - for standard input" };
        files.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => token.Value.StartsWith("--", StringComparison.Ordinal)))
            {
                result.AddError($"'{token.Value}' is no option of ingest; a file of that name is ./{token.Value}");
            }
        });
        var command = new Command("ingest", "Takes files of call records in, exactly once; a file sent again changes nothing.") { files, ProfileOptions.Profile, ProfileOptions.Source, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            using var knowledge = new KnowledgeCache(run.Database);
            var ingest = new IngestFile(run.Database, knowledge, TimeProvider.System) { Shards = run.Shards };
            if (!ProfileOptions.TryRead(parsed, out var profile))
            {
                return Exit.Refused;
            }

            var codes = new List<int>();
            var all = parsed.GetRequiredValue(files);
            foreach (var file in all)
            {
                codes.Add(await IngestAsync(ingest, file, profile, run, isOneOfMany: all.Length > 1));
            }

            return codes.Contains(Exit.Failed) ? Exit.Failed : codes.Max();
        }, cancellation));
        return command;
    }

    /// <summary>Takes one file in; one that can not be opened or is refused does not hold up the others.</summary>
    private static async Task<int> IngestAsync(IngestFile ingest, string file, Profile? profile, StoreRun run, bool isOneOfMany)
    {
        try
        {
            using var spool = await SpoolAsync(file, run.Cancellation);
            var clock = Stopwatch.StartNew();
            var result = await ingest.RunAsync(spool?.Name ?? file, file == "-" ? "standard-input" : Path.GetFileName(file), Progress(), run.Cancellation, profile);
            if (result.Refused is { } fault)
            {
                Run.Error($"{file}: {fault}");
                return Exit.Refused;
            }

            if (run.AsJson && isOneOfMany)
            {
                // several receipts are JSON lines
                Console.Out.WriteLine(JsonSerializer.Serialize(result.Receipt!, BillingJson.Options));
                return Exit.Done;
            }

            run.Write(result.Receipt!, text => WriteReceipt(text, result, profile, clock.Elapsed));
            return Exit.Done;
        }
        catch (Exception fault) when (fault is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException
            || (fault is IOException && Directory.Exists(file)))
        {
            Run.Error(fault.Message);
            return Exit.Failed;
        }
    }

    /// <summary>
    /// A file is read twice. Standard input or a pipe can not be, so it goes into a temporary file, which is gone when it is
    /// closed. Null: the file can be read as it is.
    /// </summary>
    private static async Task<FileStream?> SpoolAsync(string file, CancellationToken cancellation)
    {
        await using var input = file == "-" ? Console.OpenStandardInput() : InputFile.Open(file);
        if (file != "-" && input.CanSeek)
        {
            return null;
        }

        var spool = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16, FileOptions.DeleteOnClose);
        try
        {
            await input.CopyToAsync(spool, cancellation);
            await spool.FlushAsync(cancellation);
            return spool;
        }
        catch (Exception fault)
        {
            await CloseAsync(spool);
            throw fault is ArgumentOutOfRangeException ? new IOException($"standard input does not fit into {spool.Name}: {fault.Message}", fault) : fault;
        }
    }

    /// <summary>Closes, and so deletes, a file that could not be written to its end.</summary>
    private static async Task CloseAsync(FileStream spool)
    {
        try
        {
            await spool.DisposeAsync();
        }
        catch (Exception fault) when (fault is IOException or ArgumentOutOfRangeException)
        {
            File.Delete(spool.Name);
        }
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

    private static void WriteReceipt(TextWriter text, IngestResult result, Profile? profile, TimeSpan elapsed)
    {
        var receipt = result.Receipt!;
        if (result.WasKnown)
        {
            var by = receipt.Profile?.Name;
            text.WriteLine($"{receipt.File}: taken in before{(by == profile?.Name ? "" : $" as {(by is null ? "cdr v1" : $"a file of profile {by}")}")}, nothing changed; the first receipt:");
            if (by != profile?.Name)
            {
                text.WriteLine($"  it is not read anew: if that was wrong, billing deliveries rollback {receipt.Sha256} comes first");
            }
        }

        var rate = result.WasKnown ? "" : $", {receipt.Rows / Math.Max(elapsed.TotalSeconds, 0.001):N0} rows/s";
        text.WriteLine($"{receipt.File}: {Counted.Of(receipt.Rows, "row")}{rate}");
        text.WriteLine($"  sha256      {receipt.Sha256}");
        text.WriteLine($"  rated       {receipt.Outcomes.Rated,12:N0}");
        text.WriteLine($"  unanswered  {receipt.Outcomes.Unanswered,12:N0}");
        WriteReasons(text, "suspended", receipt.Outcomes.Suspended, receipt.Reasons.Suspended);
        text.WriteLine($"  duplicate   {receipt.Outcomes.Duplicate,12:N0}");
        WriteReasons(text, "rejected", receipt.Outcomes.Rejected, receipt.Reasons.Rejected);
        if (receipt.Profile is { } made)
        {
            text.WriteLine($"  joined      {made.Joined,12:N0}");
            text.WriteLine($"  waiting     {made.Waiting,12:N0}");
            WriteReasons(text, "no calls", made.Skipped.Values.Sum(), made.Skipped);
        }

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
