using Billing.Service.Hosting;
using Confluent.Kafka;

namespace Billing.Service.Ingestion.Kafka;

/// <summary>The clients of a Kafka, set up as the service relies on them. None of them waits for a server when it is made.</summary>
internal static class KafkaClients
{
    /// <summary>What a server may answer at most; a record is never longer.</summary>
    private const int LongestAnswer = 512 << 20;

    /// <summary>
    /// A consumer of the group. What it is told is done (<c>StoreOffset</c>) is committed within half a second, and when a partition leaves it or it is closed; nothing else is.
    /// </summary>
    /// <exception cref="SettingException">A property is wrong.</exception>
    public static ConsumerBuilder<byte[]?, byte[]?> Consumer(KafkaSettings settings) => new(new ConsumerConfig(Properties(settings))
    {
        GroupId = settings.Group,
        PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        EnableAutoOffsetStore = false,
        EnableAutoCommit = true,
        AutoCommitIntervalMs = 500,
        AutoOffsetReset = AutoOffsetReset.Earliest,
        QueuedMaxMessagesKbytes = (int)Math.Clamp(settings.MostHeld >> 10, 1, 2_097_151),
        FetchQueueBackoffMs = 100,
    });

    /// <summary>A reader of whole topics, in no group.</summary>
    /// <exception cref="SettingException">A property is wrong.</exception>
    public static IConsumer<byte[]?, byte[]?> Reader(KafkaSettings settings) => Build(settings, () => new ConsumerBuilder<byte[]?, byte[]?>(new ConsumerConfig(Properties(settings))
    {
        // it has to be named, and is not joined
        GroupId = settings.Group,
        EnableAutoCommit = false,
        EnablePartitionEof = true,
        // the end of what is there is told with the next answer
        FetchWaitMaxMs = 10,
        AutoOffsetReset = AutoOffsetReset.Earliest,
    }).SetLogHandler((_, _) => { }).Build());

    /// <summary>A producer: what it sends is there once, on all replicas that are in step, or it is a fault.</summary>
    /// <exception cref="SettingException">A property is wrong.</exception>
    public static IProducer<byte[]?, byte[]?> Producer(KafkaSettings settings, Action<Error> onError) => Build(settings, () => new ProducerBuilder<byte[]?, byte[]?>(new ProducerConfig(Properties(settings))
    {
        Acks = Acks.All,
        EnableIdempotence = true,
        // rows of call records are a fraction of their size, so that thousands go into what a server takes by default
        CompressionType = CompressionType.Lz4,
        // the server knows how long a record may be
        MessageMaxBytes = 1_000_000_000,
        MessageTimeoutMs = 30_000,
        LingerMs = 0,
    }).SetErrorHandler((_, error) => onError(error)).SetLogHandler((_, _) => { }).Build());

    /// <summary>Makes a client.</summary>
    /// <exception cref="SettingException">A property is wrong; its value is not told.</exception>
    public static T Build<T>(KafkaSettings settings, Func<T> build)
    {
        try
        {
            return build();
        }
        catch (Exception fault) when (fault is InvalidOperationException or KafkaException or ArgumentException)
        {
            throw new SettingException($"kafka-properties: {settings.Properties.Values.Aggregate(fault.Message, (text, value) => text.Replace($"\"{value}\"", "\"***\"", StringComparison.Ordinal))}");
        }
    }

    /// <summary>What a client says is wrong, the same each time: without how often and how long.</summary>
    public static string Explain(Error error) => error.Reason.Split(" (after ")[0];

    private static ClientConfig Properties(KafkaSettings settings)
    {
        var properties = new ClientConfig
        {
            BootstrapServers = settings.Servers,
            ClientId = "billing",
            ReceiveMessageMaxBytes = LongestAnswer,
            // topics and partitions that are made later are seen within half a minute
            TopicMetadataRefreshIntervalMs = 30_000,
        };
        foreach (var (name, value) in settings.Properties)
        {
            properties.Set(name, value);
        }

        return properties;
    }
}
