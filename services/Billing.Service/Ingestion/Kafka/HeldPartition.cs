using System.Threading.Channels;
using Confluent.Kafka;

namespace Billing.Service.Ingestion.Kafka;

/// <summary>
/// A partition that this process has, and the records of it that it holds: taken in one after the other, in their order. The consumer is told that a record is done when it is,
/// and to let the partition wait while too much of it is held.
/// </summary>
internal sealed class HeldPartition
{
    /// <summary>What a record takes beside its body, about.</summary>
    private const int Overhead = 1024;

    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly TopicPartition _partition;
    private readonly Channel<ConsumeResult<byte[]?, byte[]?>> _records = Channel.CreateUnbounded<ConsumeResult<byte[]?, byte[]?>>(new() { SingleReader = true, SingleWriter = true });
    private readonly CancellationTokenSource _lost;
    private readonly Lock _gate = new();
    private readonly Task _work;
    private long _held;
    private long _most;
    private bool _waits;

    /// <param name="takeIn">Takes a record in; false when it was lost before.</param>
    /// <param name="stop">This process ends.</param>
    public HeldPartition(IConsumer<byte[]?, byte[]?> consumer, TopicPartition partition, Func<ConsumeResult<byte[]?, byte[]?>, CancellationToken, Task<bool>> takeIn, CancellationToken stop)
    {
        (_consumer, _partition) = (consumer, partition);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _work = Task.Run(() => WorkAsync(takeIn, _lost.Token), CancellationToken.None);
    }

    /// <param name="most">How many bytes of this partition may be held.</param>
    public void Add(ConsumeResult<byte[]?, byte[]?> record, long most)
    {
        lock (_gate)
        {
            _most = most;
            _held += Size(record);
            if (!_waits && _held >= _most)
            {
                _consumer.Pause([_partition]);
                _waits = true;
            }
        }

        _records.Writer.TryWrite(record);
    }

    /// <summary>The partition is not this process's any more: what is at work ends, and what was not begun is left to others.</summary>
    public void Lose() => _lost.Cancel();

    /// <summary>Until nothing of it is at work, after <see cref="Lose"/>.</summary>
    public void WaitForEnd()
    {
        _work.Wait();
        _lost.Dispose();
        if (_waits)
        {
            // the client would remember it when the partition comes back
            _consumer.Resume([_partition]);
        }
    }

    private async Task WorkAsync(Func<ConsumeResult<byte[]?, byte[]?>, CancellationToken, Task<bool>> takeIn, CancellationToken lost)
    {
        while (!lost.IsCancellationRequested)
        {
            try
            {
                var record = await _records.Reader.ReadAsync(lost);
                if (await takeIn(record, lost))
                {
                    // committed by the client, soon or when the partition leaves
                    _consumer.StoreOffset(record);
                    Release(record);
                }
            }
            catch (OperationCanceledException)
            {
                // lost
            }
            catch (KafkaException)
            {
                // it was lost and nobody said so: whoever has it now takes the record in again, and knows it
            }
        }
    }

    private void Release(ConsumeResult<byte[]?, byte[]?> record)
    {
        lock (_gate)
        {
            _held -= Size(record);
            if (_waits && _held <= _most / 2)
            {
                _consumer.Resume([_partition]);
                _waits = false;
            }
        }
    }

    private static long Size(ConsumeResult<byte[]?, byte[]?> record) => Overhead + (record.Message.Value?.Length ?? 0);
}
