using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Console;

namespace Billing.Service.Hosting;

/// <summary>Logs go to standard error, so that standard output holds nothing but results.</summary>
internal static class Logs
{
    private static readonly ConcurrentDictionary<string, bool> Messages = new(StringComparer.Ordinal);

    public static void Configure(ILoggingBuilder logging, BillingSettings settings, HostMode mode)
    {
        var lowest = settings.LogAt(mode == HostMode.Serve ? LogLevel.Information : LogLevel.Warning);
        logging.SetMinimumLevel(lowest);
        // the frameworks tell each step of theirs at Information, unless more is asked for
        var frameworks = settings.IsSet("log") ? lowest : Higher(lowest, LogLevel.Warning);
        foreach (var category in (string[])["Microsoft", "Wolverine", "Marten", "JasperFx"])
        {
            logging.AddFilter(category, frameworks);
        }

        // known from elsewhere: the answer of /health/ready, the message of the command that starts a host, the list of endpoints
        foreach (var category in (string[])["Microsoft.Extensions.Diagnostics.HealthChecks", "Microsoft.Extensions.Hosting.Internal.Host", "Wolverine.Http.HttpGraph", "Wolverine.Configuration.HandlerDiscovery"])
        {
            logging.AddFilter(category, Higher(lowest, LogLevel.Critical));
        }

        // it tells each request with its query, in which a telephone number may be looked for
        logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", Higher(lowest, LogLevel.Warning));

        // Marten tells a failed statement with its parameters, Wolverine a failed message with what it says: both may hold
        // telephone numbers, and both faults reach whoever asked, or the dead letters, anyhow.
        logging.AddFilter("Marten.IDocumentStore", Higher(lowest, LogLevel.Critical));
        logging.AddFilter((category, level) => level >= lowest && !(category is not null && IsMessage(category)));

        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        if (settings.LogFormat == "json")
        {
            logging.AddJsonConsole(options => Times(options));
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                Times(options);
                options.SingleLine = true;
                options.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        logging.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>True when a category is named after a message, which are the records of the service and of its contracts.</summary>
    private static bool IsMessage(string category) => Messages.GetOrAdd(category, static name =>
        (typeof(Logs).Assembly.GetType(name) ?? typeof(Contracts.Refusal).Assembly.GetType(name))?.GetMethod("<Clone>$") is not null);

    private static LogLevel Higher(LogLevel one, LogLevel other) => one > other ? one : other;

    private static void Times(ConsoleFormatterOptions options)
    {
        options.UseUtcTimestamp = true;
        options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    }
}
