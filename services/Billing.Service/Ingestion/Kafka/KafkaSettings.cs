using System.Text.RegularExpressions;
using Billing.Service.Hosting;

namespace Billing.Service.Ingestion.Kafka;

/// <summary>What <see cref="BillingSettings"/> say about the Kafka that call records come from.</summary>
/// <param name="Servers">Servers to begin with, host:port, separated by commas; null when there is none.</param>
/// <param name="Topic">The topic of call records.</param>
/// <param name="Group">The consumer group that all servers of one database are in.</param>
/// <param name="AtOnce">How many partitions one process works on at the same time.</param>
/// <param name="MostHeld">How many bytes of records one process holds, beyond which it lets partitions wait.</param>
/// <param name="Properties">Further properties of the client, such as who it is and how it proves it.</param>
public sealed partial record KafkaSettings(string? Servers, string Topic, string Group, int AtOnce, long MostHeld, IReadOnlyDictionary<string, string> Properties)
{
    private const int LongestTopic = 244;
    private const int LongestGroup = 200;

    /// <summary>Properties on which the service relies; they are its own.</summary>
    private static readonly string[] Own =
    [
        "bootstrap.servers", "metadata.broker.list", "group.id", "group.protocol", "partition.assignment.strategy", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "enable.partition.eof",
        "acks", "request.required.acks", "enable.idempotence",
    ];

    /// <summary>The settings there are.</summary>
    internal static IReadOnlyList<SettingDefinition> Definitions { get; } =
    [
        new("kafka", ["BILLING_KAFKA"], null, "Servers of a Kafka from whose topic serve takes call records: host:9092, several separated by commas"),
        new("kafka-topic", ["BILLING_KAFKA_TOPIC"], "billing.cdr", "The topic; what can not be read goes to the topic of that name with .dead behind it"),
        new("kafka-group", ["BILLING_KAFKA_GROUP"], "billing", "The consumer group, one for all servers of a database"),
        new("kafka-at-once", ["BILLING_KAFKA_AT_ONCE"], "4", "Partitions that a process works on at the same time, each record after record"),
        new("kafka-held-bytes", ["BILLING_KAFKA_HELD_BYTES"], "33554432", "Bytes of records that a process holds; partitions that would go beyond wait"),
        new("kafka-properties", ["BILLING_KAFKA_PROPERTIES"], null, "Properties of librdkafka, a line each or separated by ;, such as security.protocol=SASL_SSL;sasl.mechanism=SCRAM-SHA-512;sasl.username=…;sasl.password=…", IsSecret: true),
    ];

    /// <summary>The topic of the records that can not be read.</summary>
    public string DeadTopic => $"{Topic}.dead";

    /// <summary>Topic and place in one short phrase for messages.</summary>
    public string Place => $"{Topic} at {Servers}";

    /// <summary>The properties must not come into a log with it.</summary>
    public override string ToString() => Place;

    /// <exception cref="SettingException">A name or a property is none, or a number is out of its bounds.</exception>
    internal static KafkaSettings Of(BillingSettings settings) => new(
        Read(settings, "kafka", text => text.Split(',').All(server => ServerForm().IsMatch(server)), "servers such as host:9092, separated by commas, are expected"),
        Read(settings, "kafka-topic", text => text.Length <= LongestTopic && TopicForm().IsMatch(text), $"a name of at most {LongestTopic} letters, digits, '.', '_' and '-' is expected")!,
        Read(settings, "kafka-group", text => text.Length <= LongestGroup && !text.Any(char.IsControl), $"a name of at most {LongestGroup} characters is expected")!,
        (int)settings.Whole("kafka-at-once", 1, 1000),
        settings.Whole("kafka-held-bytes", 1, int.MaxValue),
        ReadProperties(settings.Text("kafka-properties")));

    /// <summary>The same for a command that can do nothing without a Kafka.</summary>
    /// <exception cref="SettingException">There is none.</exception>
    internal static KafkaSettings Needed(BillingSettings settings) => Of(settings) is { Servers: not null } kafka
        ? kafka
        : throw new SettingException("no Kafka: set BILLING_KAFKA to its servers, such as host:9092", IsUsage: false);

    private static string? Read(BillingSettings settings, string setting, Predicate<string> isGood, string expected) =>
        settings.Text(setting) is not { } text || isGood(text) ? settings.Text(setting) : throw new SettingException($"{setting}: {expected}");

    /// <summary>Names and values; where there are lines, a value may have a semicolon in it. No fault tells a value.</summary>
    private static Dictionary<string, string> ReadProperties(string? text)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in (text ?? "").Split(text?.Contains('\n') == true ? '\n' : ';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = property.IndexOf('=') is > 0 and var at ? (property[..at].TrimEnd(), property[(at + 1)..].TrimStart()) : throw new SettingException("kafka-properties: name=value is expected, a line each or separated by ;");
            if (!PropertyForm().IsMatch(name) || !properties.TryAdd(name, value))
            {
                throw new SettingException($"kafka-properties: a name of a property is expected once before each = sign");
            }

            if (Own.Contains(name))
            {
                throw new SettingException($"kafka-properties: {name} is the service's own");
            }
        }

        return properties;
    }

    [GeneratedRegex(@"^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$")]
    private static partial Regex ServerForm();

    [GeneratedRegex(@"^(?!\.{1,2}$)[A-Za-z0-9._-]+$")]
    private static partial Regex TopicForm();

    [GeneratedRegex(@"^[a-z0-9._]+$")]
    private static partial Regex PropertyForm();
}
