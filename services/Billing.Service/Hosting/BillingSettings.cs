using System.Globalization;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Ingestion;
using Billing.Service.Ingestion.Broker;
using Billing.Service.Ingestion.Kafka;
using Billing.Service.Ingestion.Watching;
using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>
/// What the service is told from outside. Each setting is taken from the first place that names it: flag, environment
/// variable, configuration file, default.
/// </summary>
public sealed class BillingSettings
{
    /// <summary>The settings there are, in the order in which they are shown.</summary>
    public static IReadOnlyList<SettingDefinition> Definitions { get; } =
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

    internal static readonly TimeSpan LongestStopDelay = TimeSpan.FromMinutes(5);
    internal static readonly TimeSpan LongestStopWithin = TimeSpan.FromMinutes(30);

    private readonly Dictionary<string, Setting> _settings;

    private BillingSettings(Dictionary<string, Setting> settings) => _settings = settings;

    /// <summary>Every setting with its value and where it came from.</summary>
    public IEnumerable<Setting> All => Definitions.Select(definition => _settings[definition.Name]);

    /// <summary>The connection string.</summary>
    /// <exception cref="SettingException">No database is named.</exception>
    public string Database => _settings["db"].Value ?? throw new SettingException(
        "no database: set BILLING_DB to a connection string such as Host=127.0.0.1;Username=billing;Password=…;Database=billing, or start a private one with deploy/postgres.sh start",
        IsUsage: false);

    /// <summary>The shard to work on; null for the main database.</summary>
    public string? Shard => _settings["shard"].Value;

    /// <summary>The same settings for a shard, at its address.</summary>
    internal BillingSettings OfShard(string connection) => new(new Dictionary<string, Setting>(_settings)
    {
        ["db"] = _settings["db"] with { Value = connection },
        ["shard"] = _settings["shard"] with { Value = null },
    })
    { IsOfShard = true };

    /// <summary>True when the database is a shard that was asked for by its name: files are taken in by whoever works on the main one.</summary>
    public bool IsOfShard { get; private init; }

    /// <summary>True when <see cref="Database"/> can be asked for.</summary>
    public bool HasDatabase => _settings["db"].Value is not null;

    /// <summary>True when the setting was given and is not its default.</summary>
    public bool IsSet(string name) => _settings[name].Source is not ("default" or "not set");

    public bool Production => Flag("production");

    public string Urls => _settings["urls"].Value!;

    /// <summary>How long the server goes on serving after it was told to stop.</summary>
    public TimeSpan StopDelay => Duration("stop-delay", TimeSpan.Zero, LongestStopDelay);

    /// <summary>How long requests that run may take after that.</summary>
    public TimeSpan StopWithin => Duration("stop-within", TimeSpan.FromSeconds(1), LongestStopWithin);

    /// <summary>How long a process may be silent before others take its work.</summary>
    public TimeSpan NodeTimeout => Duration("node-timeout", TimeSpan.FromSeconds(5), TimeSpan.FromHours(1));

    public string LogFormat => OneOf("log-format", "text", "json");

    public bool MonthClose => Flag("month-close");

    public TimeSpan MonthCloseDelay => TimeSpan.TryParse(_settings["month-close-delay"].Value, CultureInfo.InvariantCulture, out var delay) && delay >= TimeSpan.Zero && delay < TimeSpan.FromDays(28)
        ? delay
        : throw Invalid("month-close-delay", "a duration below 28 days such as 06:00 or 2.12:00");

    public long ReadyLag => long.TryParse(_settings["ready-lag"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var lag)
        ? lag
        : throw Invalid("ready-lag", "a whole number");

    /// <summary>Days from the opening of a dispute to its deadline.</summary>
    public int DisputeDays => int.TryParse(_settings["dispute-days"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days <= 3650
        ? days
        : throw Invalid("dispute-days", "a number of days up to 3650");

    /// <summary>Where large bodies wait until they are taken in.</summary>
    public string Spool => _settings["spool"].Value ?? Path.Combine(Path.GetTempPath(), "billing-spool");

    /// <summary>True when webhooks may go to http and to private addresses.</summary>
    public bool WebhooksAnywhere => OneOf("webhook-targets", "public", "any") == "any";

    /// <summary>How long a webhook that failed waits before each further attempt; after the last one it is given up.</summary>
    public IReadOnlyList<TimeSpan> WebhookBackoff =>
        _settings["webhook-backoff"].Value!.Split(',').Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 7 * 86_400
            ? TimeSpan.FromSeconds(seconds)
            : throw Invalid("webhook-backoff", "whole numbers of seconds up to a week, separated by commas")).ToList();

    /// <summary>Which installation the events of this one come from.</summary>
    public string EventsSource => _settings["events-source"].Value is { Length: > 0 and <= 200 } source && Uri.IsWellFormedUriString(source, UriKind.RelativeOrAbsolute)
        ? source
        : throw Invalid("events-source", "a URI such as /billing or https://billing.example.jp");

    public string? Otlp => _settings["otlp"].Value;

    /// <summary>The lowest level logged; commands are quieter than the server when nothing is said.</summary>
    public LogLevel LogAt(LogLevel otherwise) => _settings["log"].Value is not { } text
        ? otherwise
        : Enum.TryParse<LogLevel>(text, ignoreCase: true, out var level) && Enum.IsDefined(level) ? level : throw Invalid("log", "Trace, Debug, Information, Warning, Error, Critical or None");

    /// <summary>Reads the settings of this process.</summary>
    /// <param name="flags">Values given on the command line, by name.</param>
    /// <exception cref="SettingException">The configuration file can not be read, or a value is not what it should be.</exception>
    public static BillingSettings Load(IReadOnlyDictionary<string, string>? flags = null) =>
        Load(flags ?? new Dictionary<string, string>(), Environment.GetEnvironmentVariable, PrivateCluster.Find);

    internal static BillingSettings Load(IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, Func<Setting?> cluster)
    {
        var settings = new Dictionary<string, Setting>(StringComparer.Ordinal);
        Dictionary<string, string> file = [];
        foreach (var definition in Definitions)
        {
            var setting = Find(definition, flags, environment, file);
            if (definition.Name == "config" && setting.Value is { } path)
            {
                file = ReadFile(path);
            }

            settings.Add(definition.Name, setting.Value is null && definition.Name == "db" ? cluster() ?? setting : setting);
        }

        var result = new BillingSettings(settings);
        result.Check();
        return result;
    }

    private static Setting Find(SettingDefinition definition, IReadOnlyDictionary<string, string> flags, Func<string, string?> environment, Dictionary<string, string> file)
    {
        if (flags.TryGetValue(definition.Name, out var flag))
        {
            return new(definition, flag, $"--{definition.Name}");
        }

        foreach (var variable in definition.Variables)
        {
            if (environment(variable) is { Length: > 0 } value)
            {
                return new(definition, value, variable);
            }
        }

        return file.TryGetValue(definition.Name, out var written)
            ? new(definition, written, "configuration file")
            : new(definition, definition.Default, definition.Default is null ? "not set" : "default");
    }

    private static Dictionary<string, string> ReadFile(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new SettingException($"{path}: an object of settings is expected");
            }

            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name == "config" || !Definitions.Any(definition => definition.Name == member.Name))
                {
                    throw new SettingException($"{path}: there is no setting '{member.Name}'; `billing config` lists them");
                }

                values[member.Name] = member.Value.ValueKind switch
                {
                    JsonValueKind.String => member.Value.GetString()!,
                    JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                    _ => throw new SettingException($"{path}: '{member.Name}' must be a text, a number, true or false"),
                };
            }

            return values;
        }
        catch (JsonException fault)
        {
            throw new SettingException($"{path}: line {fault.LineNumber + 1}: this is not JSON");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SettingException($"the configuration file can not be read: {fault.Message}");
        }
    }

    /// <summary>A wrong value is told at once and not when it is first used.</summary>
    private void Check()
    {
        _ = Production;
        _ = (StopDelay, StopWithin, NodeTimeout);
        _ = MonthClose;
        _ = MonthCloseDelay;
        _ = ReadyLag;
        _ = DisputeDays;
        _ = EventsSource;
        _ = LogFormat;
        _ = LogAt(LogLevel.Warning);
        _ = AccessSettings.Of(this);
        _ = SpoolSettings.Of(this);
        _ = BrokerSettings.Of(this);
        _ = KafkaSettings.Of(this);
        _ = IdentitySettings.Of(this);
        _ = Notices.MailSettings.Of(this);
        if (InvoiceTerms.From(this).Refusal is { } terms)
        {
            throw new SettingException(terms.Message);
        }

        if (_settings["db"].Value is { } connection && !DatabaseAddress.IsValid(connection))
        {
            throw Invalid("db", "a connection string such as Host=127.0.0.1;Username=billing;Password=…;Database=billing");
        }
    }

    /// <summary>The text of a setting; null when it is not set.</summary>
    internal string? Text(string name) => _settings[name].Value;

    /// <summary>A whole number within bounds.</summary>
    internal long Whole(string name, long least, long most) =>
        long.TryParse(_settings[name].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw Invalid(name, $"a whole number from {least} to {most}");

    /// <summary>A duration within bounds.</summary>
    internal TimeSpan Duration(string name, TimeSpan least, TimeSpan most) =>
        TimeSpan.TryParse(_settings[name].Value, CultureInfo.InvariantCulture, out var duration) && duration >= least && duration <= most
            ? duration
            : throw Invalid(name, $"a duration [days.]hours:minutes:seconds from {least} to {most}");

    private bool Flag(string name) => _settings[name].Value!.ToLowerInvariant() switch
    {
        "true" or "1" or "yes" or "on" => true,
        "false" or "0" or "no" or "off" => false,
        _ => throw Invalid(name, "true or false"),
    };

    /// <summary>One of these words.</summary>
    internal string OneOf(string name, params ReadOnlySpan<string> words) =>
        words.Contains(_settings[name].Value) ? _settings[name].Value! : throw Invalid(name, string.Join(" or ", words.ToArray()));

    private SettingException Invalid(string name, string expected)
    {
        var setting = _settings[name];
        return new(setting.Definition.IsSecret ? $"{setting.Source}: {expected} is expected" : $"{setting.Source}: '{setting.Value}' is not {expected}");
    }
}

/// <summary>A setting that exists: its name as a flag and in the file, and its environment variables.</summary>
public sealed record SettingDefinition(string Name, IReadOnlyList<string> Variables, string? Default, string Description, bool IsSecret = false);

/// <summary>The value of a setting and where it came from.</summary>
public sealed record Setting(SettingDefinition Definition, string? Value, string Source)
{
    /// <summary>The value as it may be shown: a password is left out.</summary>
    public string? Shown => Value is null || !Definition.IsSecret ? Value : Definition.Name switch
    {
        "db" => DatabaseAddress.WithoutSecrets(Value),
        "broker" => BrokerSettings.WithoutSecrets(Value),
        _ => "(set)",
    };
}

/// <summary>A setting is missing or not what it should be.</summary>
public sealed class SettingException(string message, bool IsUsage = true) : Exception(message)
{
    /// <summary>True when what was written is wrong, false when something is not there.</summary>
    public bool IsUsage { get; } = IsUsage;
}
