using System.CommandLine;
using Billing.Contracts;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Billing.Service.Usage;

namespace Billing.Service.CommandLine;

/// <summary><c>billing suspense list|show|release</c>: records that nobody can be charged for yet.</summary>
internal static class SuspenseCommand
{
    public static Command Create()
    {
        var month = new Option<UsageMonth?>("--month") { Description = "Only records of this month, YYYY-MM", CustomParser = CommonOptions.ParseMonth };
        var reason = new Option<string?>("--reason") { Description = "Only records suspended for this reason" };
        reason.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Words.SuspenseReasonOf(token.Value) is null)
            {
                result.AddError($"--reason: '{token.Value}' is no reason of suspension; suspense list shows those that occur");
            }
        });
        var source = new Option<string?>("--source") { Description = "Only records of this switch" };
        return new Command("suspense", "Records kept whole until somebody can be charged for them.")
        {
            CreateList(month, reason, source),
            CreateShow(),
            CreateRelease(month, reason, source),
        };
    }

    private static Command CreateList(Option<UsageMonth?> month, Option<string?> reason, Option<string?> source)
    {
        var command = new Command("list", "Counts by month and reason, and the records when there are few.") { month, reason, source, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var request = new ReleaseRequest(parsed.GetValue(month), parsed.GetValue(reason), parsed.GetValue(source), []);
            var entries = await SuspenseList.ReadAsync(run.Database, request, run.Cancellation);
            run.Write(entries, text =>
            {
                text.WriteLine(entries.Total == 0 ? "nothing is suspended" : $"{Counted.Of(entries.Total, "record is", "records are")} suspended");
                foreach (var group in entries.Groups)
                {
                    text.WriteLine($"  {group.Month}  {group.Reason,-32} {group.Records,10:N0}");
                }

                foreach (var entry in entries.Records)
                {
                    text.WriteLine($"  {entry.Id}  {entry.Month}  {entry.Source}/{entry.RecordId}  {entry.Reason}  delivery {entry.Delivery} line {entry.Line}");
                }
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateShow()
    {
        var id = new Argument<Guid>("id") { Description = "The record's id, as suspense list prints it", CustomParser = CommonOptions.ParseId };
        var command = new Command("show", "One record, its called numbers masked, and why it is suspended.") { id, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            if (await SuspenseList.FindAsync(run.Database, parsed.GetRequiredValue(id), run.Cancellation) is not { } record)
            {
                Run.Error("no such suspended record");
                return Exit.Failed;
            }

            run.Write(record, text => text.WriteLine(System.Text.Json.JsonSerializer.Serialize(record, Output.Json)));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateRelease(Option<UsageMonth?> month, Option<string?> reason, Option<string?> source)
    {
        var ids = new Argument<Guid[]>("ids") { Arity = ArgumentArity.ZeroOrMore, Description = "Only these records", CustomParser = CommonOptions.ParseIds };
        var command = new Command("release", "Rates suspended records again with what is known now; those that can be charged are recorded.")
        {
            ids, month, reason, source, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            using var knowledge = new KnowledgeCache(run.Database);
            var request = new ReleaseRequest(parsed.GetValue(month), parsed.GetValue(reason), parsed.GetValue(source), parsed.GetValue(ids) ?? []);
            var result = await OverShards.ReleaseAsync(run.Database, run.Shards, knowledge, request, TimeProvider.System, run.Cancellation);
            run.Write(result, text =>
            {
                text.WriteLine($"{Counted.Of(result.Released, "record")} released");
                foreach (var (why, records) in result.Remaining)
                {
                    text.WriteLine($"  {Counted.Of(records, "stays", "stay")}: {why}");
                }
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }
}
