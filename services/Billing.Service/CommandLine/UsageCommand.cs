using System.CommandLine;
using Billing.Contracts;
using Billing.Service.Corrections;
using Billing.Service.Knowledge;

namespace Billing.Service.CommandLine;

/// <summary><c>billing usage rerate</c>: rates a month's calls anew with what is known now.</summary>
internal static class UsageCommand
{
    public static Command Create() => new("usage", "The usage of months.") { CreateRerate() };

    private static Command CreateRerate()
    {
        var month = new Option<UsageMonth?>("--month") { Required = true, Description = "The usage month, YYYY-MM", CustomParser = CommonOptions.ParseMonth };
        var contract = new Option<string?>("--contract") { Description = "This contract only" };
        var command = new Command("rerate", "Rates a month's calls anew with the contracts, tariff and reference data that are known now.") { month, contract }
            .WithGrounds().WithDocuments();
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            using var knowledge = new KnowledgeCache(run.Database);
            var (report, refusal) = await new RerateUsage(run.Database, knowledge, TimeProvider.System).RunAsync(
                parsed.GetValue(month)!.Value, parsed.GetValue(contract), CorrectionOptions.Terms(run, parsed), Progress(), run.Cancellation);
            if (report is null)
            {
                return Run.Refuse(refusal!);
            }

            run.Write(report, text => Print(text, report));
            foreach (var refused in report.Refused)
            {
                Run.Error($"{refused.Contract}: {refused.Refusal}");
            }

            return report.Refused.Count == 0 ? Exit.Done : Exit.Refused;
        }, cancellation));
        return command;
    }

    private static void Print(TextWriter text, ReratingReport report)
    {
        text.WriteLine($"{report.Calls:N0} calls of {report.Effects.Count:N0} contracts rated with what is known now (number {report.Known}); {report.Unchanged:N0} contracts unchanged, {report.Refused.Count:N0} refused");
        CorrectionOptions.Print(text, report.Effects, report.Adjustments);
        text.WriteLine(report.Written ? "written" : "nothing is written yet; --yes writes it");
    }

    private static Progress<long>? Progress() =>
        Console.IsErrorRedirected ? null : new Progress<long>(calls => Console.Error.Write($"\r{calls:N0} calls "));
}
