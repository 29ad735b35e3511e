using System.CommandLine;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Comparing;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Offline;

namespace Billing.Service.CommandLine;

/// <summary><c>billing compare</c>: our calls beside another party's call list.</summary>
internal static class CompareCommand
{
    public static Command Create()
    {
        var theirs = new Option<string>("--theirs") { Required = true, HelpName = "file", Description = "Their call list: CSV with a header row, UTF-8" };
        var map = new Option<string?>("--map") { HelpName = "file|name=column,…", Description = "Which columns hold what: a JSON document, or calling=…,called=…,start=…,duration=…,amount=… in place" };
        var month = RateCommand.Month();
        var contract = new Option<string?>("--contract") { Description = "One contract's calls only" };
        var number = new Option<string?>("--number") { Description = "One 050 number's calls only" };
        var start = Tolerance("--start-tolerance", "seconds", "How far apart the starts of one call may be; 2 when absent");
        var duration = Tolerance("--duration-tolerance", "seconds", "How far apart its durations may be; 1 when absent");
        var amount = Tolerance("--amount-tolerance", "yen", "How far apart its prices may be; 0 when absent");
        var csv = new Option<string?>("--csv") { HelpName = "file", Description = "Write every row of the comparison there, called numbers masked" };
        var command = new Command("compare", "Compares a month's calls with a customer's or carrier's own call list, call by call; changes nothing.")
        {
            theirs, map, month, contract, number, start, duration, amount, csv, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, run =>
        {
            var tolerances = new Tolerances(
                Seconds(parsed.GetValue(start), Tolerances.Default.Start), Seconds(parsed.GetValue(duration), Tolerances.Default.Duration), Yen.Parse(parsed.GetValue(amount) ?? "0"));
            return CompareAsync(run, parsed.GetRequiredValue(theirs), parsed.GetValue(map), parsed.GetValue(csv), columns =>
                new ComparisonRequest(parsed.GetValue(month), columns, tolerances, parsed.GetValue(contract), parsed.GetValue(number)));
        }, cancellation));
        return command;
    }

    private static async Task<int> CompareAsync(StoreRun run, string theirs, string? map, string? csv, Func<ColumnMap, ComparisonRequest> request)
    {
        var (columns, wrong) = ReadMap(map);
        if (columns is null)
        {
            Run.Error(map is null || map.Contains('=', StringComparison.Ordinal) ? $"--map: {wrong}" : $"{map}: {wrong}");
            return Exit.Refused;
        }

        var knowledge = await new KnowledgeLoader(run.Database).LoadAsync(cancellation: run.Cancellation);
        var asked = request(columns);
        if (asked.Contract is { } contract && knowledge.Contracts.Find(contract) is null)
        {
            return Run.Refuse(new Refusal("contract", $"there is no contract {contract}"));
        }

        await using var file = InputFile.Open(theirs);
        using var outputs = new OutputFiles(Path.GetDirectoryName(Path.GetFullPath(csv ?? ".")) ?? ".");
        await using var rows = csv is null ? Stream.Null : new BufferedStream(outputs.Create(Path.GetFileName(csv)), 1 << 16);
        var progress = Console.IsErrorRedirected ? null : new Progress<long>(done => Console.Error.Write($"\r{done:N0} rows "));
        var (result, fault) = await new CompareCalls(run.Database, knowledge).RunAsync(asked, Path.GetFileName(theirs), file, rows, progress, run.Cancellation);
        if (result is null)
        {
            DocumentFile.Refuse(theirs, fault!);
            return Exit.Refused;
        }

        await rows.DisposeAsync();
        outputs.Complete();
        run.Write(result, text => ComparisonText.Write(text, result));
        return Exit.Done;
    }

    private static (ColumnMap? Map, DocumentFault? Fault) ReadMap(string? map) =>
        map is null ? ColumnMap.Of(new ColumnMapDocument())
        : map.Contains('=', StringComparison.Ordinal) ? ColumnMap.FromText(map)
        : ColumnMap.FromJson(InputFile.ReadAll(map));

    private static Option<string?> Tolerance(string name, string unit, string description)
    {
        var option = new Option<string?>(name) { HelpName = unit, Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !IsTolerance(token.Value, unit))
            {
                result.AddError(unit == "yen" ? $"{name}: an amount of yen from 0 on is expected" : $"{name}: seconds from 0 to 3600, with up to three decimals, are expected");
            }
        });
        return option;
    }

    private static bool IsTolerance(string text, string unit) =>
        unit == "yen" ? Yen.TryParse(text, out var yen) && !yen.IsNegative : ToleranceText.TrySeconds(text, out _);

    private static Seconds Seconds(string? text, Seconds otherwise) => text is not null && ToleranceText.TrySeconds(text, out var seconds) ? seconds : otherwise;
}
