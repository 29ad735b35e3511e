using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Billing.Service.Tests.Hosting;
using Confluent.Kafka;

namespace Billing.Service.Tests.Ingestion;

/// <summary>
/// A Kafka for tests: the cluster that is part of the client's library. It speaks the protocol over the loopback, with groups, rebalances, offsets and idempotent producers, and
/// keeps what it is sent in memory.
/// </summary>
public sealed class TestKafka : IDisposable
{
    private const int Brokers = 2;
    private const string Library = "librdkafka";

    private readonly IProducer<byte[]?, byte[]?> _producer;
    private readonly nint _cluster;

    // of the builds of the library that come with the client, the one that it has found to run here
    static TestKafka() => NativeLibrary.SetDllImportResolver(typeof(TestKafka).Assembly, (name, _, _) => name == Library
        ? NativeLibrary.Load(Process.GetCurrentProcess().Modules.Cast<ProcessModule>().First(module => module.ModuleName.Contains(Library, StringComparison.Ordinal)).FileName)
        : 0);

    public TestKafka()
    {
        var host = new ProducerConfig { BootstrapServers = "127.0.0.1:1" };
        host.Set("test.mock.num.brokers", $"{Brokers}");
        _producer = new ProducerBuilder<byte[]?, byte[]?>(host).SetLogHandler((_, _) => { }).Build();
        using (var admin = new DependentAdminClientBuilder(_producer.Handle).Build())
        {
            Servers = string.Join(',', admin.GetMetadata(TimeSpan.FromSeconds(10)).Brokers.Select(broker => $"{broker.Host}:{broker.Port}"));
        }

        // the client keeps to itself what its library is asked by
        var client = (SafeHandle)typeof(Handle).GetProperty("LibrdkafkaHandle", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(_producer.Handle)!;
        _cluster = ClusterOf(client.DangerousGetHandle());
        WaitBeforeFirstRebalance(_cluster, 0);
    }

    public string Servers { get; }

    /// <summary>Makes a topic and the one of its dead.</summary>
    public string MakeTopic(int partitions)
    {
        var topic = $"test-{Guid.NewGuid():N}";
        MakeTopic(_cluster, topic, partitions, 1).ShouldBe(0);
        MakeTopic(_cluster, $"{topic}.dead", 2, 1).ShouldBe(0);
        return topic;
    }

    /// <summary>Stops the servers, which keep what they have.</summary>
    public void GoAway() => Enumerable.Range(1, Brokers).ToList().ForEach(broker => TakeDown(_cluster, broker).ShouldBe(0));

    public void ComeBack() => Enumerable.Range(1, Brokers).ToList().ForEach(broker => BringUp(_cluster, broker).ShouldBe(0));

    /// <summary>What a server or a command is told to find a topic. This cluster lets a group that changes wait for a second less than a member may be silent.</summary>
    public (string Name, string Value)[] Told(string topic, params (string Name, string Value)[] more) =>
        [("kafka", Servers), ("kafka-topic", topic), ("kafka-group", topic), ("kafka-properties", "session.timeout.ms=1300;heartbeat.interval.ms=100"), .. more];

    /// <summary>Runs a command that needs the cluster and no database.</summary>
    internal async Task<Command.Ended> RunAsync(string folder, string topic, params string[] arguments)
    {
        var config = Path.Combine(folder, "kafka.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(Told(topic).ToDictionary(x => x.Name, x => x.Value)));
        return await Command.RunAsync(Command.Nowhere, ["kafka", .. arguments, "--config", config]);
    }

    public Task SendAsync(string topic, int partition, byte[]? body, params (string Name, string Value)[] headers)
    {
        var message = new Message<byte[]?, byte[]?> { Value = body, Headers = [] };
        headers.ToList().ForEach(header => message.Headers.Add(header.Name, Encoding.UTF8.GetBytes(header.Value)));
        return _producer.ProduceAsync(new TopicPartition(topic, partition), message);
    }

    /// <summary>How many records of each partition the group has done with.</summary>
    public long[] Committed(string topic, int partitions)
    {
        var config = new ConsumerConfig { BootstrapServers = Servers, GroupId = topic };
        using var asking = new ConsumerBuilder<byte[]?, byte[]?>(config).SetLogHandler((_, _) => { }).Build();
        return [.. asking.Committed(Enumerable.Range(0, partitions).Select(no => new TopicPartition(topic, no)), TimeSpan.FromSeconds(10)).Select(x => Math.Max(x.Offset.Value, 0))];
    }

    public Task UntilCommittedAsync(string topic, params long[] offsets) =>
        Poll.UntilAsync($"{string.Join(',', offsets)} are committed", () => Task.FromResult(Committed(topic, offsets.Length).SequenceEqual(offsets)));

    public void Dispose() => _producer.Dispose();

    [DllImport(Library, EntryPoint = "rd_kafka_handle_mock_cluster")]
    private static extern nint ClusterOf(nint client);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    private static extern void WaitBeforeFirstRebalance(nint cluster, int milliseconds);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_topic_create", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int MakeTopic(nint cluster, string topic, int partitions, int replicas);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static extern int TakeDown(nint cluster, int broker);

    [DllImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static extern int BringUp(nint cluster, int broker);
}
