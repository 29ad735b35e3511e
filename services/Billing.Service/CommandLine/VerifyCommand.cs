using System.CommandLine;
using Billing.Contracts;
using Billing.Service.Evidence;

namespace Billing.Service.CommandLine;

/// <summary><c>billing verify</c>: recomputes the evidence and names the first link that is broken.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var month = new Option<UsageMonth?>("--month") { Description = "This usage and billing month only, YYYY-MM", CustomParser = CommonOptions.ParseMonth };
        var published = new Option<string?>("--published") { HelpName = "sha256", Description = "The digest over the month's documents as it was published or kept elsewhere; needs --month" };
        var command = new Command("verify", "Recomputes the hash chains of the usage streams and the digests of all documents and names the first broken link; exit code 1 when there is one.")
        {
            month, published, CommonOptions.Json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(published) is not null && result.GetResult(month) is null)
            {
                result.AddError("--published: the --month whose documents it is over is expected too");
            }
        });
        published.Validators.Add(result =>
        {
            if (result.Tokens is [var digest] && !(digest.Value.Length == 64 && digest.Value.All(char.IsAsciiHexDigit)))
            {
                result.AddError($"--published: a SHA-256, 64 hexadecimal digits, is expected, not '{digest.Value}'");
            }
        });
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var progress = Console.IsErrorRedirected ? null : new Progress<long>(events => Console.Error.Write($"\r{events:N0} events "));
            var result = await new VerifyStore(run.Database).RunAsync(parsed.GetValue(month), parsed.GetValue(published), progress, run.Cancellation);
            run.Write(result, text => VerificationText.Write(text, result));
            return result.Holds ? Exit.Done : Exit.Failed;
        }, cancellation));
        return command;
    }
}
