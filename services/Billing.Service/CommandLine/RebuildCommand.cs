using System.CommandLine;
using System.Diagnostics;
using Billing.Contracts;
using Billing.Service.Usage;

namespace Billing.Service.CommandLine;

/// <summary><c>billing rebuild</c>: makes the read tables of calls anew from the events.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var month = new Option<UsageMonth?>("--month") { Description = "This usage month only, YYYY-MM", CustomParser = CommonOptions.ParseMonth };
        var command = new Command("rebuild", "Makes rated calls, month usage and suspense anew from the events; calls can be taken in meanwhile.") { month, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var result = await new RebuildReadTables(run.Database).RunAsync(parsed.GetValue(month), Progress(), run.Cancellation);
            run.Write(result, text => text.WriteLine(
                $"{Counted.Of(result.RatedCalls, "call")} rated again in {Counted.Of(result.Months, "month")}, {Counted.Of(result.Suspended, "suspended record")}, {result.RatedCalls / Math.Max(result.Elapsed.TotalSeconds, 0.001):N0} calls/s"));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Progress<long>? Progress()
    {
        if (Console.IsErrorRedirected)
        {
            return null;
        }

        var clock = Stopwatch.StartNew();
        return new Progress<long>(calls => Console.Error.Write($"\r{calls:N0} calls, {calls / Math.Max(clock.Elapsed.TotalSeconds, 0.001):N0} calls/s "));
    }
}
