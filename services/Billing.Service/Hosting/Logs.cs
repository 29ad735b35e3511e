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
        logging.AddFilter("Microsoft.AspNetCore", level => level >= LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", level => level >= LogLevel.Warning);
        // why a host does not start is told by the command that started it
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level > LogLevel.Error);
        logging.AddFilter("Wolverine.Http.HttpGraph", level => level > LogLevel.Warning);
        logging.AddFilter("Wolverine.Configuration.HandlerDiscovery", level => level > LogLevel.Warning);
        // Marten tells a failed statement with its parameters, Wolverine a failed message with what it says: both may hold
        // telephone numbers, and both faults reach whoever asked, or the dead letters, anyhow.
        logging.AddFilter("Marten.IDocumentStore", level => level > LogLevel.Error);
        logging.AddFilter((category, level) => level >= lowest && !(category is not null && IsMessage(category)));
        if (!settings.IsSet("log"))
        {
            // the frameworks tell each step of theirs at Information
            logging.AddFilter("Wolverine", level => level >= LogLevel.Warning);
            logging.AddFilter("Marten", level => level >= LogLevel.Warning);
            logging.AddFilter("JasperFx", level => level >= LogLevel.Warning);
        }

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

    private static void Times(ConsoleFormatterOptions options)
    {
        options.UseUtcTimestamp = true;
        options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    }
}
