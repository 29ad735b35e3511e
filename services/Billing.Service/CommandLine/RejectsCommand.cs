using System.CommandLine;
using Billing.Service.Ingestion;

namespace Billing.Service.CommandLine;

/// <summary><c>billing rejects FILE-ID</c>: the rows of a file that could not be read.</summary>
internal static class RejectsCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file-id") { Description = "The file's SHA-256, or as much of its beginning as is unique, or the number of the delivery" };
        var command = new Command("rejects", "The rows of a file that could not be read: line, reason, source and record id.") { file, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var rejects = await Rejects.ReadAsync(run.Database, parsed.GetRequiredValue(file), run.Cancellation);
            if (rejects is null)
            {
                Run.Error($"no file '{parsed.GetRequiredValue(file)}' was received, or more than one begins so");
                return Exit.Failed;
            }

            run.Write(rejects, text =>
            {
                text.WriteLine(rejects.Count == 0 ? "no row was rejected" : $"{Counted.Of(rejects.Count, "row was", "rows were")} rejected");
                foreach (var reject in rejects)
                {
                    text.WriteLine($"  line {reject.Line}: {reject.Reason}  {reject.Source}/{reject.RecordId}{(reject.Detail is null ? "" : $"  {(reject.Field is null ? "" : $"{reject.Field}: ")}{reject.Detail}")}");
                }
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }
}
