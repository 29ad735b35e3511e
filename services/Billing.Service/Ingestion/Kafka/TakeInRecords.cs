using Billing.Service.Ingestion.Broker;
using Confluent.Kafka;
using NodaTime;

namespace Billing.Service.Ingestion.Kafka;

/// <summary>
/// While the service runs: takes in the records of the topic, in the order of each partition and of some partitions at the same time. A record's offset is committed when all
/// of it is, so whoever has the partition next gets it again when this process ends before; it is known by its bytes then. While the database or the disk is away a
/// record is kept and tried again. What can not be read is put aside with its reason. Servers that are away are asked again and again.
/// </summary>
internal sealed partial class TakeInRecords(KafkaSettings settings, HoldMessage hold, IClock clock, TimeProvider time, ILogger<TakeInRecords> log) : BackgroundService
{
    private static readonly TimeSpan BeforeNextConsumer = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BetweenQuestions = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TopicPartition, HeldPartition> _held = [];
    private readonly SemaphoreSlim _atOnce = new(settings.AtOnce);
    private volatile string? _away = "no server was asked yet";
    private volatile string? _told;
    private volatile string? _lastFault;

    /// <summary>Why no records come; null when they do.</summary>
    public string? Away => settings.Servers is null ? null : _away;

    /// <summary>How many partitions this process has.</summary>
    public int Partitions => _held.Count;

    /// <exception cref="Hosting.SettingException">A property is wrong.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Servers is not null)
        {
            // what is wrong with a property is told when the service starts, whether a server is there or not
            KafkaClients.Producer(settings, _ => { }).Dispose();
        }

        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _atOnce.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (settings.Servers is not null)
        {
            try
            {
                await using var topics = new KafkaTopics(settings);
                // the client's calls wait: they have a thread of their own
                await Task.Factory.StartNew(() => Consume(topics, stoppingToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                return;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                Tell(fault.Message);
            }

            await Task.Delay(BeforeNextConsumer, time, stoppingToken);
        }
    }

    /// <summary>Takes in what comes until this process stops.</summary>
    /// <exception cref="KafkaException">The consumer can not go on.</exception>
    private void Consume(KafkaTopics topics, CancellationToken stop)
    {
        using var consumer = KafkaClients.Build(settings, () => KafkaClients.Consumer(settings)
            .SetPartitionsAssignedHandler((consumer, partitions) => Begin(consumer, topics, partitions, stop))
            .SetPartitionsRevokedHandler((_, partitions) => End(partitions.Select(partition => partition.TopicPartition)))
            .SetPartitionsLostHandler((_, partitions) => End(partitions.Select(partition => partition.TopicPartition)))
            .SetErrorHandler((_, error) => Hear(error))
            .SetLogHandler((_, message) => Client(log, message.Facility, message.Message))
            .Build());
        try
        {
            consumer.Subscribe(settings.Topic);
            for (var asked = 0L; !stop.IsCancellationRequested;)
            {
                ConsumeOne(consumer);
                topics.ThrowIfBroken();
                if (_away is not null && time.GetElapsedTime(asked) > BetweenQuestions)
                {
                    Ask(consumer);
                    asked = time.GetTimestamp();
                }
            }
        }
        finally
        {
            End([.. _held.Keys]);
            Close(consumer);
        }
    }

    private void ConsumeOne(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            if (consumer.Consume(Look) is { } record)
            {
                _held[record.TopicPartition].Add(record, settings.MostHeld / _held.Count);
            }
        }
        catch (ConsumeException fault) when (!fault.Error.IsFatal)
        {
            Tell(KafkaClients.Explain(fault.Error));
        }
    }

    /// <summary>Leaves the group, whether it hears or not.</summary>
    private static void Close(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            consumer.Close();
        }
        catch (KafkaException)
        {
            // the group notices
        }
    }

    private void Begin(IConsumer<byte[]?, byte[]?> consumer, KafkaTopics topics, List<TopicPartition> partitions, CancellationToken stop)
    {
        foreach (var partition in partitions)
        {
            _held.Add(partition, new HeldPartition(consumer, partition, (record, lost) => TakeInAsync(topics, record, lost), stop));
        }

        Assigned(log, settings.Place, _held.Count);
    }

    /// <summary>Partitions go to others, who get again what was not done: what is at work ends before they do.</summary>
    private void End(IEnumerable<TopicPartition> partitions)
    {
        var ended = new List<HeldPartition>();
        foreach (var partition in partitions)
        {
            if (_held.Remove(partition, out var held))
            {
                held.Lose();
                ended.Add(held);
            }
        }

        ended.ForEach(held => held.WaitForEnd());
    }

    private async Task<bool> TakeInAsync(KafkaTopics topics, ConsumeResult<byte[]?, byte[]?> record, CancellationToken lost)
    {
        await _atOnce.WaitAsync(lost);
        try
        {
            // it lies aside before its offset is committed: one that ends between the two lies there twice, under one id
            return await hold.RunAsync(
                CdrRecord.Read(record), record.Message.Value, reason => topics.PutAsideAsync(record, reason, clock.GetCurrentInstant(), lost), lost, lost);
        }
        finally
        {
            _atOnce.Release();
        }
    }

    /// <summary>Whether the servers are there, and the topic.</summary>
    private void Ask(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
            if (admin.GetMetadata(settings.Topic, BetweenQuestions).Topics is [{ Error.IsError: true } topic])
            {
                Tell(KafkaClients.Explain(topic.Error));
                return;
            }

            (_away, _told) = (null, null);
            Open(log, settings.Place, settings.AtOnce);
        }
        catch (KafkaException fault)
        {
            _away = _told ?? KafkaClients.Explain(fault.Error);
        }
    }

    /// <summary>One server that does not answer is mended by the client; all are told.</summary>
    private void Hear(Error error)
    {
        if (error.Code is ErrorCode.Local_Transport or ErrorCode.Local_Resolve or ErrorCode.Local_TimedOut && !error.IsFatal)
        {
            _lastFault = KafkaClients.Explain(error);
        }
        else
        {
            Tell(error.Code == ErrorCode.Local_AllBrokersDown && _lastFault is { } fault ? fault : KafkaClients.Explain(error));
        }
    }

    /// <summary>The same as last time is not told again.</summary>
    private void Tell(string reason)
    {
        _away = reason;
        if (reason != _told)
        {
            NoRecords(log, settings.Place, reason);
            _told = reason;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The records of {Place} are taken in, of {AtOnce} partitions at a time")]
    private static partial void Open(ILogger log, string place, int atOnce);

    [LoggerMessage(Level = LogLevel.Information, Message = "Of {Place} this process has {Count} partitions")]
    private static partial void Assigned(ILogger log, string place, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No records come from {Place}: {Reason}; it is tried again until they do")]
    private static partial void NoRecords(ILogger log, string place, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Facility}: {Text}")]
    private static partial void Client(ILogger log, string facility, string text);
}
