using Billing.Contracts.Json;
using Billing.Service.Ingestion.Broker;
using Confluent.Kafka;
using NodaTime;

namespace Billing.Service.Ingestion.Kafka;

/// <summary>
/// The topic of call records and the one of those that can not be read, to be written and looked through. The second is a table of what lies aside: a record's key is its id,
/// and one without a body says that it was sent back. The service makes neither topic.
/// </summary>
internal sealed class KafkaTopics : ICdrMessages
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly KafkaSettings _settings;
    private readonly IProducer<byte[]?, byte[]?> _producer;
    private volatile bool _isAway;
    private volatile string? _fault;
    private volatile string? _broken;

    /// <summary>No server is asked yet.</summary>
    /// <exception cref="Hosting.SettingException">A property is wrong.</exception>
    public KafkaTopics(KafkaSettings settings)
    {
        _settings = settings;
        _producer = KafkaClients.Producer(settings, error =>
        {
            // the first fault tells why, those behind it that it goes on
            _fault ??= KafkaClients.Explain(error);
            _isAway |= error.Code == ErrorCode.Local_AllBrokersDown;
            _broken ??= error.IsFatal ? KafkaClients.Explain(error) : null;
        });
    }

    /// <summary>The same for a command that does not wait for a server.</summary>
    /// <exception cref="Hosting.SettingException">A property is wrong.</exception>
    /// <exception cref="IOException">No server can be reached.</exception>
    public static KafkaTopics Open(KafkaSettings settings)
    {
        var topics = new KafkaTopics(settings);
        try
        {
            topics.Partitions(topics._producer.Handle, settings.Topic);
            return topics;
        }
        catch
        {
            topics._producer.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">Nothing can be written any more: others have to be opened.</exception>
    public void ThrowIfBroken()
    {
        if (_broken is { } reason)
        {
            throw new IOException(reason);
        }
    }

    public Task SendAsync(CdrMessage message, string contentType, ReadOnlyMemory<byte> body, int no, CancellationToken cancel) =>
        ProduceAsync(new TopicPartition(_settings.Topic, Partition.Any), CdrRecord.Of(message, body.ToArray()), cancel);

    /// <summary>Puts a record aside; done when it is kept there.</summary>
    /// <exception cref="IOException">It was not confirmed.</exception>
    public Task PutAsideAsync(ConsumeResult<byte[]?, byte[]?> record, DocumentFault reason, Instant now, CancellationToken cancel) =>
        ProduceAsync(new TopicPartition(_settings.DeadTopic, Partition.Any), CdrRecord.Aside(record, reason, now), cancel);

    public Task<IReadOnlyList<DeadMessage>> ListDeadAsync(CancellationToken cancel) => Task.FromResult<IReadOnlyList<DeadMessage>>(
        [.. Lying(cancel).Values.DistinctBy(dead => dead.Id).OrderByDescending(dead => dead.PutAsideAt)]);

    public async Task<IReadOnlyList<string>> ReplayDeadAsync(IReadOnlyCollection<string>? ids, CancellationToken cancel)
    {
        var lying = Lying(cancel);
        var replayed = new HashSet<string>();
        foreach (var dead in Dead(cancel).Where(dead => dead.Message.Value is not null))
        {
            var id = CdrRecord.ReadDead(dead).Id;
            if (ids?.Contains(id) == false || !lying.Remove((dead.Partition, id)))
            {
                continue;
            }

            if (replayed.Add(id))
            {
                await ProduceAsync(new TopicPartition(_settings.Topic, Partition.Any), CdrRecord.Again(dead), cancel);
            }

            // beside the record that it takes away, so that it comes behind it
            await ProduceAsync(dead.TopicPartition, new() { Key = Key(id), Value = null }, cancel);
        }

        return [.. replayed];
    }

    public ValueTask DisposeAsync()
    {
        _producer.Dispose();
        return ValueTask.CompletedTask;
    }

    private static byte[] Key(string id) => System.Text.Encoding.UTF8.GetBytes(id);

    /// <summary>What lies aside, by its partition and id.</summary>
    private Dictionary<(Partition Partition, string Id), DeadMessage> Lying(CancellationToken cancel)
    {
        var lying = new Dictionary<(Partition, string), DeadMessage>();
        foreach (var dead in Dead(cancel))
        {
            if (dead.Message.Value is null)
            {
                lying.Remove((dead.Partition, CdrMessage.Text(dead.Message.Key) ?? ""));
            }
            else
            {
                var message = CdrRecord.ReadDead(dead);
                lying[(dead.Partition, message.Id)] = message;
            }
        }

        return lying;
    }

    /// <summary>All that was written to the topic of the dead until now, each partition in its order.</summary>
    /// <exception cref="IOException">The servers do not answer.</exception>
    private IEnumerable<ConsumeResult<byte[]?, byte[]?>> Dead(CancellationToken cancel)
    {
        using var reader = KafkaClients.Reader(_settings);
        var left = Partitions(reader.Handle, _settings.DeadTopic).ToHashSet();
        reader.Assign(left.Select(partition => new TopicPartitionOffset(partition, Confluent.Kafka.Offset.Beginning)));
        while (left.Count > 0)
        {
            cancel.ThrowIfCancellationRequested();
            var record = Next(reader);
            if (!record.IsPartitionEOF)
            {
                yield return record;
            }
            else
            {
                left.Remove(record.TopicPartition);
            }
        }
    }

    private ConsumeResult<byte[]?, byte[]?> Next(IConsumer<byte[]?, byte[]?> reader)
    {
        try
        {
            return reader.Consume(Patience) ?? throw new IOException($"{_settings.Place}: no answer within {Patience.TotalSeconds} s");
        }
        catch (ConsumeException fault)
        {
            throw Fault(fault);
        }
    }

    /// <summary>The partitions of a topic; none when it is not there.</summary>
    /// <exception cref="IOException">No server can be reached.</exception>
    private IEnumerable<TopicPartition> Partitions(Handle client, string topic)
    {
        using var admin = new DependentAdminClientBuilder(client).Build();
        for (var left = Patience; ; left -= Step)
        {
            try
            {
                var found = admin.GetMetadata(topic, Step).Topics;
                (_isAway, _fault) = (false, null);
                return found.SelectMany(one => one.Partitions.Select(partition => new TopicPartition(topic, partition.PartitionId)));
            }
            catch (KafkaException fault)
            {
                if (_isAway || left <= Step || fault.Error.Code is not (ErrorCode.Local_Transport or ErrorCode.Local_TimedOut))
                {
                    throw Fault(fault);
                }
            }
        }
    }

    private async Task ProduceAsync(TopicPartition partition, Message<byte[]?, byte[]?> message, CancellationToken cancel)
    {
        try
        {
            await _producer.ProduceAsync(partition, message, cancel);
            (_isAway, _fault) = (false, null);
        }
        catch (KafkaException fault)
        {
            throw Fault(fault);
        }
    }

    private IOException Fault(KafkaException fault) => new($"{_settings.Place}: {(_isAway ? _fault : KafkaClients.Explain(fault.Error))}");
}
