using System.CommandLine;
using Billing.Service.Api.Describing;
using Billing.Service.Hosting;

namespace Billing.Service.CommandLine;

/// <summary><c>billing openapi [FILE]</c>: writes the description of the HTTP API; needs no database.</summary>
internal static class OpenApiCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "Where to; standard output when absent or -", DefaultValueFactory = _ => "-" };
        var command = new Command("openapi", "Writes the description of the HTTP API, OpenAPI 3.1: contracts/openapi.json is this.") { file };
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            using var host = BillingHost.Build(BillingSettings.Load(), HostMode.Framework);
            var text = await OpenApiDescription.WriteAsync(host.Services, cancellation);
            if (parsed.GetRequiredValue(file) is var path && path == "-")
            {
                Console.Write(text);
            }
            else
            {
                await File.WriteAllTextAsync(path, text, cancellation);
            }

            return Exit.Done;
        }, cancellation));
        return command;
    }
}
