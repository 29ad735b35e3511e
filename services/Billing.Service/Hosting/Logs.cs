using Microsoft.Extensions.Logging.Console;

namespace Billing.Service.Hosting;

/// <summary>Logs go to standard error, so that standard output holds nothing but results.</summary>
internal static class Logs
{
    public static void Configure(ILoggingBuilder logging, BillingSettings settings, HostMode mode)
    {
        logging.SetMinimumLevel(settings.LogAt(mode == HostMode.Serve ? LogLevel.Information : LogLevel.Warning));
        logging.AddFilter("Microsoft.AspNetCore", level => level >= LogLevel.Warning);
        logging.AddFilter("Microsoft.Hosting.Lifetime", level => level >= LogLevel.Warning);
        // why a host does not start is told by the command that started it
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level > LogLevel.Error);
        logging.AddFilter("Wolverine.Http.HttpGraph", level => level > LogLevel.Warning);
        logging.AddFilter("Wolverine.Configuration.HandlerDiscovery", level => level > LogLevel.Warning);
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

    private static void Times(ConsoleFormatterOptions options)
    {
        options.UseUtcTimestamp = true;
        options.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    }
}
