using System.CommandLine;
using System.Text.Json;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Ingestion;
using Billing.Service.Ingestion.Watching;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Npgsql;

namespace Billing.Service.CommandLine;

/// <summary><c>billing watch FOLDER</c>: takes in what appears in a folder, without a server.</summary>
internal static class WatchCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "Where the files appear; they are moved to done/ and failed/ below it" };
        var once = new Option<bool>("--once") { Description = "End when what lies there is taken in" };
        var every = new Option<string?>("--every") { HelpName = "time", Description = "How often to look: hours:minutes:seconds (BILLING_WATCH_EVERY)" };
        var settle = new Option<string?>("--settle") { HelpName = "time", Description = "How long a file must stay the same before it is taken; 00:00:00 when files are renamed in as they are complete (BILLING_WATCH_SETTLE)" };
        var command = new Command("watch", "Takes in the files that appear in a folder, until Ctrl-C; any number of processes may watch the same one.")
        {
            folder, ProfileOptions.Profile, ProfileOptions.Source, once, every, settle, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            if (!ProfileOptions.TryRead(parsed, out var profile))
            {
                return Exit.Refused;
            }

            var settings = WatchSettings.Of(run.Settings, new WatchedFolder(parsed.GetRequiredValue(folder), profile));
            using var knowledge = new KnowledgeCache(run.Database);
            var ingest = new IngestFile(run.Database, knowledge, TimeProvider.System) { Shards = run.Shards };
            var watch = new Watch(run, settings, new TakeInFolder(run.Database, ingest, settings.Folders[0], settings.Settle, TimeProvider.System));
            return parsed.GetValue(once) ? await watch.OnceAsync() : await watch.OnAsync();
        }, cancellation, ("watch-every", parsed.GetValue(every)), ("watch-settle", parsed.GetValue(settle))));
        return command;
    }

    private sealed class Watch(StoreRun run, WatchSettings settings, TakeInFolder folder)
    {
        private readonly NewlyMissingFiles _gaps = new(run.Database);

        /// <summary>A file that is there is complete when it is still the same after the time to settle.</summary>
        public async Task<int> OnceAsync()
        {
            var code = await LookAsync();
            if (folder.Waiting > 0 && settings.Settle > TimeSpan.Zero)
            {
                await Task.Delay(settings.Settle, run.Cancellation);
                code = Worse(code, await LookAsync());
            }

            return code;
        }

        public async Task<int> OnAsync()
        {
            using var timer = new PeriodicTimer(settings.Every);
            do
            {
                try
                {
                    await LookAsync();
                }
                catch (Exception fault) when (fault is NpgsqlException or IOException or UnauthorizedAccessException)
                {
                    // nothing is lost: the files still lie there
                    Run.Error($"the next look comes: {fault.Message}");
                }
            }
            while (await timer.WaitForNextTickAsync(run.Cancellation));
            return Exit.Done;
        }

        private async Task<int> LookAsync()
        {
            var codes = new List<int>();
            await foreach (var file in folder.LookAsync(run.Cancellation))
            {
                codes.Add(Tell(file));
            }

            foreach (var gap in await _gaps.FindAsync(codes.Count > 0, folder.Waiting, run.Cancellation))
            {
                Print(new Gap(gap), () => $"missing: {gap}");
            }

            return codes.Aggregate(Exit.Done, Worse);
        }

        private int Tell(WatchedFile file)
        {
            if (file.Fault is { } fault)
            {
                Run.Error($"{file.File} is left and will be taken again: {fault.Message}");
                return Exit.Failed;
            }

            Print(new Row(file.File, file.MovedTo!, file.WasKnown, file.Receipt, file.Refused), () => file.Receipt is { } receipt
                ? $"{file.File}: {(file.WasKnown ? "taken in before, " : "")}{Counted.Of(receipt.Rows, "row")}, {receipt.Outcomes.Rejected:N0} rejected, now {file.MovedTo}"
                : $"{file.File}: refused, {file.Refused}, now {file.MovedTo}");
            return file.Refused is null ? Exit.Done : Exit.Refused;
        }

        /// <summary>One line, for machines a JSON document.</summary>
        private void Print<T>(T document, Func<string> text) =>
            Console.Out.WriteLine(run.AsJson ? JsonSerializer.Serialize(document, Output.JsonLine) : text());

        private static int Worse(int one, int other) => one == Exit.Failed || other == Exit.Failed ? Exit.Failed : Math.Max(one, other);
    }

    private sealed record Gap(MissingFiles Missing);

    private sealed record Row(string File, string MovedTo, bool WasKnown, ReceiptDocument? Receipt, DocumentFault? Refused);
}
