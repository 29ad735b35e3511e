using System.CommandLine;
using Billing.Service.Disputes;

namespace Billing.Service.CommandLine;

/// <summary><c>billing disputes export</c>: the whole file of a dispute as one archive.</summary>
internal static class DisputesExportCommand
{
    public static Command Create()
    {
        var id = DisputesCommand.Id();
        var output = new Option<string>("--out") { Required = true, Description = "The zip file to write" };
        var reveal = new Option<string?>("--reveal") { HelpName = "reason", Description = "Show called numbers in full, and why that is needed: it is noted in the dispute" };
        var by = CreditOptions.By();
        var command = new Command("export", "Writes one archive with a readable cover page, the dispute's events, the invoice, what was given back, the disputed calls (numbers masked) and a manifest of digests.")
        {
            id, output, reveal, by,
        };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var dispute = parsed.GetRequiredValue(id);
            if (parsed.GetValue(reveal) is { } reason
                && (await run.Invoke(new RevealNumbers(dispute, reason, parsed.GetRequiredValue(by), DisputesCommand.Today(), NodaTime.SystemClock.Instance.GetCurrentInstant()))).Refusal is { } refusal)
            {
                return Run.Refuse(refusal);
            }

            var export = new ExportDispute(run.Database, run.Store, ExportDispute.Exhibits(run.Database));
            if (await export.RunAsync(dispute, parsed.GetValue(reveal) is not null, run.Cancellation) is not { } archive)
            {
                Run.Error($"there is no dispute {dispute}");
                return Exit.Failed;
            }

            var path = parsed.GetRequiredValue(output);
            await WriteAsync(path, archive, run.Cancellation);
            Console.Out.WriteLine($"{path}: dispute {dispute}, {archive.Length:N0} bytes, SHA-256 {Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(archive))}");
            return Exit.Done;
        }, cancellation));
        return command;
    }

    /// <summary>The file appears whole or not at all.</summary>
    private static async Task WriteAsync(string path, byte[] content, CancellationToken cancel)
    {
        var partial = path + ".partial";
        try
        {
            await File.WriteAllBytesAsync(partial, content, cancel);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
