using System.CommandLine;
using Billing.Contracts;
using Billing.Service.Sharding;
using Billing.Service.Usage;

namespace Billing.Service.CommandLine;

/// <summary><c>billing reconcile</c>: proves that every row received is accounted for, or shows the difference.</summary>
internal static class ReconcileCommand
{
    public static Command Create()
    {
        var month = new Option<UsageMonth?>("--month") { Description = "Compare log and read tables of this usage month only, YYYY-MM", CustomParser = CommonOptions.ParseMonth };
        var command = new Command("reconcile", "Proves that every row received is accounted for, per file and in all; exit code 1 when it is not.") { month, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            if (await run.Shards.ListAsync(run.Cancellation) is { Count: > 0 })
            {
                var all = await OverShards.ReconcileAsync(run.Shards, parsed.GetValue(month), run.Cancellation);
                run.Write(all, text => Print(text, all));
                return all.Holds ? Exit.Done : Exit.Failed;
            }

            var result = await Reconcile.RunAsync(run.Database, parsed.GetValue(month), run.Cancellation);
            run.Write(result, text => Print(text, result));
            return result.Holds ? Exit.Done : Exit.Failed;
        }, cancellation));
        return command;
    }

    private static void Print(TextWriter text, ReconciliationOverShards result)
    {
        foreach (var shard in result.Shards)
        {
            text.WriteLine($"== {shard.Shard}");
            Print(text, shard.Result);
        }

        text.WriteLine("== all shards");
        foreach (var file in result.Files)
        {
            var shares = string.Join(" + ", file.Shares.Select(share => $"{share.Value:N0} {share.Key}"));
            text.WriteLine($"{(!file.IsComplete ? "OPEN" : file.Holds ? "holds" : "DIFFERS"),-8} {file.File}: {(file.IsComplete ? $"{Counted.Of(file.Rows, "row")} = {shares}" : "not taken in to its end, send it again")}");
        }

        PrintChecks(text, result.Checks);
        text.WriteLine(result.Holds ? "proof: every row is accounted for, in all shards" : "THE COUNTS DIFFER");
    }

    private static void Print(TextWriter text, Reconciliation result)
    {
        var profiled = result.Deliveries.Any(delivery => delivery.Joined + delivery.Waiting + delivery.Skipped > 0);
        text.WriteLine($"delivery        rows =      rated + unanswered +  suspended +  duplicate +   rejected{(profiled ? " +     joined +    waiting +    skipped" : "")}");
        foreach (var delivery in result.Deliveries)
        {
            text.WriteLine(
                $"{delivery.Delivery,8} {delivery.Rows,11:N0}   {delivery.Rated,10:N0}   {delivery.Unanswered,10:N0}   {delivery.Suspended,10:N0}   {delivery.Duplicate,10:N0}   {delivery.Rejected,10:N0}"
                + (profiled ? $"   {delivery.Joined,10:N0}   {delivery.Waiting,10:N0}   {delivery.Skipped,10:N0}" : "")
                + $"  {(delivery.Holds ? "holds" : "DIFFERS")}  {delivery.File}{(delivery.Attempt > 1 ? $" (attempt {delivery.Attempt})" : "")}{(delivery.IsComplete ? "" : " (cut short)")}");
        }

        PrintChecks(text, result.Checks);
        foreach (var gap in result.MissingFiles)
        {
            text.WriteLine($"missing  {gap}, by the numbers of the others");
        }

        text.WriteLine(result.Holds ? "proof: every row is accounted for" : "THE COUNTS DIFFER");
    }

    private static void PrintChecks(TextWriter text, IReadOnlyList<ReconcileCheck> checks)
    {
        foreach (var check in checks)
        {
            text.WriteLine($"{(check.Holds ? "holds" : "DIFFERS"),-8} {check.Check}: {check.Left:N0} = {check.Right:N0}{(check.Holds ? "" : $", difference {check.Left - check.Right:N0}")}");
        }
    }
}
