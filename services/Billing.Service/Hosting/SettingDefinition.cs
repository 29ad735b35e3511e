using Billing.Service.Access;
using Billing.Service.Ingestion;
using Billing.Service.Ingestion.Broker;
using Billing.Service.Ingestion.Kafka;
using Billing.Service.Ingestion.Watching;

namespace Billing.Service.Hosting;

/// <summary>A setting that exists: its name as a flag and in the file, and its environment variables.</summary>
/// <param name="Flag">The flag where it is called otherwise.</param>
public sealed record SettingDefinition(string Name, IReadOnlyList<string> Variables, string? Default, string Description, bool IsSecret = false, string? Flag = null)
{
    /// <summary>The settings there are, in the order in which they are shown.</summary>
    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        new("config", ["BILLING_CONFIG"], null, "JSON file with settings under the names of this list"),
        new("db", ["BILLING_DB"], null, "Connection string of the database; the private cluster of the checkout when absent", IsSecret: true),
        new("shard", ["BILLING_SHARD"], null, "The shard to work on, where contracts are spread over several databases; db is the main one then"),
        new("production", ["BILLING_PRODUCTION"], "false", "true: nothing of the schema is changed except by db-apply"),
        new("urls", ["BILLING_URLS", "ASPNETCORE_URLS"], "http://127.0.0.1:8080", "Addresses on which serve listens, separated by ;"),
        new("stop-delay", ["BILLING_STOP_DELAY"], "00:00:00", "How long serve goes on when it is told to stop, no longer ready: as long as a load balancer needs to notice"),
        new("stop-within", ["BILLING_STOP_WITHIN"], "00:00:30", "How long requests that still run then may take to end"),
        new("node-timeout", ["BILLING_NODE_TIMEOUT"], "00:00:15", "A process that has not been heard of for so long is given up: others take its work"),
        new("log", ["BILLING_LOG"], null, "Lowest level logged: Trace, Debug, Information, Warning, Error, Critical or None"),
        new("log-format", ["BILLING_LOG_FORMAT"], "text", "text or json; the log goes to standard error"),
        new("month-close", ["BILLING_MONTH_CLOSE"], "true", "true: serve issues the invoices of a month when it is over"),
        new("month-close-delay", ["BILLING_MONTH_CLOSE_DELAY"], "06:00", "How long after the month's end (Tokyo time) that is: [days.]hours:minutes"),
        new("issuer-name", ["BILLING_ISSUER_NAME"], null, "Who issues the invoices; a made-up sample when absent, which issues nothing in production"),
        new("issuer-number", ["BILLING_ISSUER_NUMBER"], null, "The issuer's registration number (適格請求書発行事業者), T and 13 digits"),
        new("due-after-months", ["BILLING_DUE_AFTER_MONTHS"], null, "An invoice is due at the end of the month this many months after its own; 1 when absent"),
        new("dispute-days", ["BILLING_DISPUTE_DAYS"], "30", "A dispute should be decided within so many days of its opening"),
        new("ready-lag", ["BILLING_READY_LAG"], "10000", "Events by which a projection may be behind before /health/ready says so"),
        .. SpoolSettings.Definitions,
        new("webhook-targets", ["BILLING_WEBHOOK_TARGETS"], "public", "public: webhooks go to https and public addresses only; any: also to http and private ones"),
        new("webhook-backoff", ["BILLING_WEBHOOK_BACKOFF"], "5,30,120,600,3600,21600,86400", "Seconds before a webhook that failed is tried again, one after the other"),
        new("events-source", ["BILLING_EVENTS_SOURCE"], "/billing", "Source of the CloudEvents that tell the outside what happened: a URI, another one for each installation"),
        new("otlp", ["OTEL_EXPORTER_OTLP_ENDPOINT"], null, "OpenTelemetry endpoint to which traces and metrics are sent; none when absent"),
        .. WatchSettings.Definitions,
        .. BrokerSettings.Definitions,
        .. KafkaSettings.Definitions,
        .. Notices.MailSettings.Definitions,
        .. AccessSettings.Definitions,
    ];
}
