using System.CommandLine;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Invoicing;
using Billing.Service.Notices;
using Npgsql;

namespace Billing.Service.CommandLine;

/// <summary><c>billing serve</c>: the service until Ctrl-C or SIGTERM.</summary>
internal static class ServeCommand
{
    /// <summary>The host ends by its own settings before this.</summary>
    public static readonly TimeSpan LongestStop = BillingSettings.LongestStopDelay + BillingSettings.LongestStopWithin + TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var urls = new Option<string?>("--urls") { HelpName = "addresses", Description = "Addresses to listen on, separated by ; (BILLING_URLS)" };
        var watch = new Option<string?>("--watch") { HelpName = "folders", Description = "Folders whose files are taken in, separated by ; a folder of a switch's files as folder=profile (BILLING_WATCH)" };
        var command = new Command("serve", "Serves the HTTP API, works the queues and projections, and closes months, until Ctrl-C.") { urls, watch };
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            var settings = await CommonOptions.SettingsOfShardAsync(parsed, cancellation, ("urls", parsed.GetValue(urls)), ("watch", parsed.GetValue(watch)));
            await using var app = (WebApplication)BillingHost.Build(settings, HostMode.Serve);
            await Schema.EnsureAsync(settings, app.Services.GetRequiredService<NpgsqlDataSource>(), cancellation);
            await app.StartAsync(cancellation);
            var password = await FirstOperator.CreateAsync(app.Services, cancellation);
            foreach (var url in app.Urls)
            {
                Console.WriteLine($"Serving on {url}");
            }

            if (password is not null)
            {
                Console.WriteLine($"The first account is {FirstOperator.Name}, its password, shown this once: {password}");
            }

            if (InvoiceTerms.ToIssue(settings).Refusal is { } issuer)
            {
                Console.WriteLine($"No issuer is set up: {issuer.Message}");
            }

            if (!app.Services.GetRequiredService<MailClient>().IsConfigured)
            {
                Console.WriteLine("No mail server is set up (BILLING_SMTP_HOST): limit alerts are listed, not mailed");
            }

            await WaitAsync(app, cancellation);
            return Exit.Done;
        }, cancellation));
        return command;
    }

    /// <summary>Until the host is told to stop, by its own signals or by the command line's.</summary>
    private static async Task WaitAsync(WebApplication app, CancellationToken cancellation)
    {
        await using var stop = cancellation.Register(app.Lifetime.StopApplication);
        await app.WaitForShutdownAsync(CancellationToken.None);
    }
}
