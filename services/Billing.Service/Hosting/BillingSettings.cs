using System.Globalization;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Ingestion;
using Billing.Service.Ingestion.Broker;
using Billing.Service.Ingestion.Kafka;
using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Hosting;

/// <summary>
/// What the service is told from outside. Each setting is taken from the first place that names it: flag, environment
/// variable, configuration file, default.
/// </summary>
public sealed class BillingSettings
{
    internal static readonly TimeSpan LongestStopDelay = TimeSpan.FromMinutes(5);
    internal static readonly TimeSpan LongestStopWithin = TimeSpan.FromMinutes(30);

    private readonly Dictionary<string, Setting> _settings;

    private BillingSettings(Dictionary<string, Setting> settings) => _settings = settings;

    /// <summary>Every setting with its value and where it came from.</summary>
    public IEnumerable<Setting> All => SettingDefinition.All.Select(definition => _settings[definition.Name]);

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

    public string Urls => _settings["urls"].Value!.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } urls && urls.All(IsAddress)
        ? _settings["urls"].Value!
        : throw Invalid("urls", "a list of addresses such as http://127.0.0.1:8080, separated by ;");

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
        foreach (var definition in SettingDefinition.All)
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
            return new(definition, flag, $"--{definition.Flag ?? definition.Name}");
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
                if (member.Name == "config" || !SettingDefinition.All.Any(definition => definition.Name == member.Name))
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
        _ = Urls;
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

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http" or "https", PathBase: "", Port: >= 0 and <= ushort.MaxValue };
        }
        catch (FormatException)
        {
            return false;
        }
    }

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
