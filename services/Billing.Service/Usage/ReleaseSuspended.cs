using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Calls;
using Billing.Service.Knowledge;
using Billing.Service.Sharding;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>Which suspended records to try again; an absent member matches all.</summary>
public sealed record ReleaseRequest(UsageMonth? Month, string? Reason, string? Source, IReadOnlyList<Guid> Ids);

/// <summary>What came of it: how many were recorded, and why the others stay.</summary>
public sealed record ReleaseResult(long Released, IReadOnlyDictionary<string, long> Remaining);

/// <summary>
/// Rates suspended records again with what is known now. One that can be charged is recorded on its usage stream and leaves
/// suspense; the others stay. A conflicting duplicate never leaves by itself: the first record of its identity stands; nor does the half of a call.
/// A record whose duration contradicts its stamps leaves when it is asked for by that reason or by its id: its stamps count then.
/// </summary>
public sealed class ReleaseSuspended(NpgsqlDataSource database, KnowledgeCache knowledge, TimeProvider clock)
{
    private const int BatchRows = 5_000;

    private const string NextBatch =
        $"""
        select s.id, s.stream_id, e.data::text from {BillingStore.Schema}.suspense s join {BillingStore.Schema}.mt_events e on e.id = s.id
        where s.released_as is null and s.id > $1 and ($2::date is null or s.month = $2) and ($3::text is null or s.reason = $3)
          and ($4::text is null or s.source = $4) and (cardinality($5::uuid[]) = 0 or s.id = any($5))
        order by s.id limit 5000 for update of s
        """;

    private readonly MonthPartitions _partitions = new(database);

    /// <summary>The other shard in which a contract is, null when it is here; absent where nothing is spread.</summary>
    public Func<string, Shard?> Elsewhere { get; init; } = _ => null;

    public async Task<ReleaseResult> RunAsync(ReleaseRequest request, CancellationToken cancel)
    {
        var stays = new SortedDictionary<string, long>(StringComparer.Ordinal);
        long released = 0;
        Guid? last = Guid.Empty;
        await using var connection = await database.OpenConnectionAsync(cancel);
        while (last is { } after)
        {
            var known = await knowledge.CurrentAsync(connection, cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var batch = new Batch(known, Elsewhere, clock.GetUtcNow());
            var remaining = new Dictionary<string, long>();
            var read = await ReadAsync(connection, request, after, batch, remaining, cancel);
            await _partitions.EnsureAsync(batch.Months, cancel);
            if (!await batch.TryWriteAsync(connection, cancel))
            {
                continue; // more is known by now: the same records again
            }

            await transaction.CommitAsync(cancel);
            last = read;
            released += batch.Released;
            foreach (var (shard, records) in batch.ForOthers)
            {
                released += await new ReleaseElsewhere(database, shard, clock).RunAsync(records, cancel);
            }

            foreach (var (reason, count) in remaining)
            {
                stays[reason] = stays.GetValueOrDefault(reason) + count;
            }
        }

        return new ReleaseResult(released, stays);
    }

    /// <summary>Reads and rates the next records; the last id read, or null when there are no more.</summary>
    private static async Task<Guid?> ReadAsync(
        NpgsqlConnection connection, ReleaseRequest request, Guid after, Batch batch, Dictionary<string, long> remaining, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(NextBatch, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = after });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)request.Month?.FirstDay.ToDateOnly() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Date });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)request.Reason ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)request.Source ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = request.Ids.ToArray() });
        Guid? last = null;
        var rows = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            last = reader.GetGuid(0);
            rows++;
            var suspended = JsonSerializer.Deserialize<CallSuspended>(reader.GetString(2), BillingStore.Json)!;
            var reason = StaysFor(suspended.Reason, request) ?? batch.TryRelease(last.Value, reader.GetString(1), suspended);
            if (reason != SuspenseReason.None)
            {
                remaining[Words.Of(reason)] = remaining.GetValueOrDefault(Words.Of(reason)) + 1;
            }
        }

        return rows == BatchRows ? last : null;
    }

    /// <summary>What the record is suspended for whatever rating says; null when rating decides.</summary>
    private static SuspenseReason? StaysFor(string reason, ReleaseRequest request) => Words.SuspenseReasonOf(reason) switch
    {
        SuspenseReason.ConflictingDuplicate => SuspenseReason.ConflictingDuplicate,
        SuspenseReason.OtherHalfMissing => SuspenseReason.OtherHalfMissing,
        SuspenseReason.DurationMismatch when request.Reason != reason && request.Ids.Count == 0 => SuspenseReason.DurationMismatch,
        _ => null,
    };

    private sealed class Batch(RatingKnowledge known, Func<string, Shard?> elsewhere, DateTimeOffset now)
    {
        private readonly CallRecordReader _reader = new();
        private readonly ReleasedCalls _calls = new(known, now);
        private RatedCall _call;

        public long Released => _calls.Count;

        public IEnumerable<UsageMonth> Months => _calls.Months;

        /// <summary>Records that can be charged to contracts of other shards.</summary>
        public Dictionary<Shard, List<SuspendedRecord>> ForOthers { get; } = [];

        /// <summary>Records the call, or says why it stays.</summary>
        public SuspenseReason TryRelease(Guid id, string stream, CallSuspended suspended)
        {
            var row = _reader.Read(suspended.Call);
            known.Rater.Rate(row.Facts, ref _call);
            if (_call.Outcome == Outcome.Suspended)
            {
                return _call.Reason;
            }

            if (_call.Contract is { } payer && elsewhere(payer.Id) is { } shard)
            {
                if (!ForOthers.TryGetValue(shard, out var records))
                {
                    ForOthers.Add(shard, records = []);
                }

                records.Add(new SuspendedRecord(id, stream, suspended));
                return SuspenseReason.None;
            }

            _calls.Release(id, stream, suspended, _call);
            return SuspenseReason.None;
        }

        /// <inheritdoc cref="ReleasedCalls.TryWriteAsync"/>
        public Task<bool> TryWriteAsync(NpgsqlConnection connection, CancellationToken cancel) => _calls.TryWriteAsync(connection, cancel);
    }
}
