using System.CommandLine;
using System.Diagnostics;
using Billing.Service.Corrections;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;

namespace Billing.Service.CommandLine;

/// <summary><c>billing deliveries list|show|pending|rollback</c>: the files that were received, and taking a wrong one back.</summary>
internal static class DeliveriesCommand
{
    private static readonly Argument<string> File = new("file-id") { Description = "The file's SHA-256, or as much of its beginning as is unique, or the number of the delivery" };

    public static Command Create() => new("deliveries", "The files that were received.") { CreateList(), CreateShow(), CreatePending(), CreateRollback() };

    private static Command CreateList()
    {
        var command = new Command("list", "Every attempt at a file and what became of it.") { CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var entries = await DeliveryList.ReadAsync(run.Database, run.Cancellation);
            run.Write(entries, text => Print(text, entries));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateShow()
    {
        var command = new Command("show", "One file: its attempts, and what of it stands.") { File, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            if (await ShowDelivery.FindAsync(run.Database, parsed.GetRequiredValue(File), run.Cancellation) is not { } shown)
            {
                Run.Error($"no file '{parsed.GetRequiredValue(File)}' was received, or more than one begins so");
                return Exit.Failed;
            }

            run.Write(shown, text =>
            {
                text.WriteLine($"{shown.Attempts[^1].File}  {shown.Attempts[^1].Sha256}");
                Print(text, shown.Attempts);
                text.WriteLine($"{shown.Calls:N0} calls and {shown.Suspended:N0} suspended records stand");
                PrintEffects(text, shown.Standing);
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreatePending()
    {
        var timeOut = new Option<bool>("--time-out") { Description = "Suspend those first that have waited longer than their profile lets them" };
        var command = new Command("pending", "Halves and parts of calls that wait for the others, by when their time is over.") { timeOut, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            if (parsed.GetValue(timeOut))
            {
                using var knowledge = new KnowledgeCache(run.Database);
                foreach (var result in await new TimeOutHalves(run.Database, knowledge, TimeProvider.System).RunAsync(run.Cancellation))
                {
                    Console.Error.WriteLine($"delivery {result.Delivery}: {result.Receipt!.Rows:N0} halves have waited too long, {result.Receipt.Outcomes.Suspended:N0} are suspended");
                }
            }

            var halves = await CallHalves.PendingAsync(run.Database, run.Cancellation);
            run.Write(halves, text =>
            {
                text.WriteLine(halves.Count == 0 ? "no half of a call waits" : $"{halves.Count:N0} halves of calls wait");
                foreach (var half in halves)
                {
                    text.WriteLine($"  {half.Role switch { "start" => "no end yet", "end" => "no start yet", var part => part },-12}  {half.Source}  line {half.Line} of delivery {half.Delivery} ({half.File})  until {half.Until}  {half.Profile}");
                }
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateRollback()
    {
        var calls = new Option<string?>("--calls") { HelpName = "SOURCE/ID,…|@file", Description = "These calls only, separated by commas, or one a line in a file" };
        var command = new Command("rollback", "Takes back what a wrongly sent file brought in; the corrected file then counts as new.") { File, calls }
            .WithGrounds().WithDocuments();
        command.SetAction((parsed, cancellation) => Run.WithStore(
            parsed, run => parsed.GetValue(calls) is { } names ? SomeAsync(run, parsed, Names(names)) : WholeAsync(run, parsed), cancellation));
        return command;
    }

    private static async Task<int> SomeAsync(StoreRun run, ParseResult parsed, IReadOnlyList<string> calls)
    {
        using var knowledge = new KnowledgeCache(run.Database);
        var (report, refusal) = await new RollBackCalls(run.Database, knowledge, TimeProvider.System).RunAsync(
            parsed.GetRequiredValue(File), calls, CorrectionOptions.Terms(run, parsed), run.Cancellation);
        if (report is null)
        {
            return Run.Refuse(refusal!);
        }

        run.Write(report, text => CorrectionOptions.Print(text, report));
        return Exit.Done;
    }

    private static async Task<int> WholeAsync(StoreRun run, ParseResult parsed)
    {
        var clock = Stopwatch.StartNew();
        if (await run.Shards.ListAsync(run.Cancellation) is { Count: > 0 })
        {
            var (reports, refused) = await new RollBackOverShards(run.Shards, TimeProvider.System).RunAsync(
                parsed.GetRequiredValue(File), CorrectionOptions.Grounds(parsed), parsed.GetValue(CorrectionOptions.Yes), Progress(), run.Cancellation);
            if (reports is null)
            {
                return Run.Refuse(refused!);
            }

            run.Write(reports, text => reports.ForEach(one =>
            {
                text.WriteLine($"== {one.Shard}");
                Print(text, one.Result, clock.Elapsed);
            }));
            return Exit.Done;
        }

        var (report, refusal) = await new RollBackDelivery(run.Database, TimeProvider.System).RunAsync(
            parsed.GetRequiredValue(File), CorrectionOptions.Grounds(parsed), parsed.GetValue(CorrectionOptions.Yes), Progress(), run.Cancellation);
        if (report is null)
        {
            return Run.Refuse(refusal!);
        }

        run.Write(report, text => Print(text, report, clock.Elapsed));
        return Exit.Done;
    }

    private static string[] Names(string calls) =>
        [.. (calls.StartsWith('@') ? System.IO.File.ReadLines(calls[1..]) : calls.Split(',')).Select(name => name.Trim()).Where(name => name.Length > 0)];

    private static void Print(TextWriter text, RollbackReport report, TimeSpan elapsed)
    {
        var rate = report.Written ? $" in {elapsed.TotalSeconds:N1} s, {(report.Calls + report.Suspended) / Math.Max(elapsed.TotalSeconds, 0.001):N0} a second" : "";
        text.WriteLine($"{report.Attempts[^1].File}: {report.Calls:N0} calls and {report.Suspended:N0} suspended records {(report.Written ? "voided" : "would be voided")}{rate}");
        PrintEffects(text, report.Effects);
        if (report.OnInvoices > 0)
        {
            text.WriteLine($"{report.OnInvoices:N0} calls are on issued invoices and are left: correct them through a dispute or a finance adjustment");
        }

        foreach (var since in report.DuplicatesSince)
        {
            text.WriteLine($"  delivery {since.Delivery} ({since.File}) counted {since.Duplicate:N0} duplicates since: if they were records of this file, roll it back as well and send it again");
        }

        text.WriteLine(!report.Written ? "nothing is written yet; --yes writes it"
            : report.IsWhole ? "rolled back whole: the same file would be taken in anew" : "rolled back as far as it may be; the file stands");
    }

    private static void PrintEffects(TextWriter text, IReadOnlyList<RollbackEffect> effects)
    {
        foreach (var effect in effects.Take(40))
        {
            text.WriteLine($"  {CorrectionOptions.Contract(effect.Contract),-20} {effect.Month}  {effect.Calls,9:N0} calls  {effect.Charge,14} yen{(effect.OnInvoices > 0 ? $"  {effect.OnInvoices:N0} on invoices" : "")}");
        }

        CorrectionOptions.More(text, effects.Count);
    }

    private static void Print(TextWriter text, IReadOnlyList<DeliveryEntry> entries)
    {
        text.WriteLine("delivery file id           rows      rated unanswered  suspended  duplicate   rejected  state");
        foreach (var entry in entries)
        {
            text.WriteLine(
                $"{entry.Delivery,8} {entry.Sha256[..8]} {entry.Rows,13:N0} {entry.Rated,10:N0} {entry.Unanswered,10:N0} {entry.Suspended,10:N0} {entry.Duplicate,10:N0} {entry.Rejected,10:N0}"
                + $"  {entry.State}  {entry.File}{(entry.Attempt > 1 ? $" (attempt {entry.Attempt})" : "")}"
                + (entry.Profile is null ? "" : $"  by {entry.Profile}: {entry.Joined:N0} joined, {entry.Waiting:N0} waiting, {entry.Skipped:N0} no calls"));
        }
    }

    private static Progress<long>? Progress()
    {
        if (Console.IsErrorRedirected)
        {
            return null;
        }

        var clock = Stopwatch.StartNew();
        return new Progress<long>(calls => Console.Error.Write($"\r{calls:N0} voided, {calls / Math.Max(clock.Elapsed.TotalSeconds, 0.001):N0}/s "));
    }
}
