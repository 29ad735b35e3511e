using System.Globalization;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Replay;

/// <summary>Some events of the log, as SQL conditions: all of them, and the pieces in which threads take them.</summary>
internal sealed record LogScope(string All, IReadOnlyList<string> Pieces);

/// <summary>An event that changes what other events of its stream mean.</summary>
internal readonly record struct ChangingEvent(long Version, Instant At, object Event);

/// <summary>
/// Reads call events of one snapshot of the log: of a month in ranges of sequence numbers, so that whatever the month's size
/// only a range is on its way, or of a few streams.
/// </summary>
internal sealed class CallLog(LogSnapshot snapshot, CancellationToken cancel)
{
    /// <summary>More streams than these are read by ranges of the log, in which their events lie side by side.</summary>
    private const int FewStreams = 64;

    private const string Released = EventTypes.CallReleased;

    private const string Bounds =
        $"""
        select min(first.seq_id), max(last.seq_id) from {BillingStore.Schema}.mt_streams s
        cross join lateral (select e.seq_id from {BillingStore.Schema}.mt_events e where e.stream_id = s.id order by e.version limit 1) first
        cross join lateral (select e.seq_id from {BillingStore.Schema}.mt_events e where e.stream_id = s.id order by e.version desc limit 1) last
        """;

    /// <summary>Sequence numbers that a thread takes at a time.</summary>
    internal long EventsOfAPiece { get; init; } = 25_000;

    /// <summary>The streams of all calls of a usage month, suspended and unassigned ones included.</summary>
    public Task<LogScope> OfMonthAsync(UsageMonth month) =>
        RangesAsync($"right(s.id, 7) = '{month}' and s.id ~ '^(usage|unassigned|suspense)-'", $"right(stream_id, 7) = '{month}'");

    public async Task<LogScope> OfStreamsAsync(IReadOnlyCollection<string> streams)
    {
        var names = TextArray(streams);
        if (streams.Count > FewStreams)
        {
            // the empty text keeps the condition from being taken for a look-up of every single stream
            return await RangesAsync($"s.id = any({names})", $"(stream_id || '') = any({names})");
        }

        var all = $"stream_id = any({names})";
        return new LogScope(all, [$"{all} order by seq_id"]);
    }

    /// <summary>The corrections and releases among the events, by stream.</summary>
    public async Task<Dictionary<string, List<ChangingEvent>>> ChangesAsync(LogScope scope)
    {
        var changes = new Dictionary<string, List<ChangingEvent>>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(
            $"""
            select stream_id, version, timestamp, type, data from {BillingStore.Schema}.mt_events
            where type in ({EventTypes.ChangesOfCalls}) and {scope.All}
            """,
            snapshot.Connection)
        { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var stream = reader.GetString(0);
            if (!changes.TryGetValue(stream, out var events))
            {
                changes.Add(stream, events = []);
            }

            var type = reader.GetString(3) is var name && name == Released ? typeof(CallReleased) : StreamCorrections.Types[name];
            events.Add(new ChangingEvent(
                reader.GetInt64(1),
                Instant.FromDateTimeUtc(reader.GetDateTime(2)),
                JsonSerializer.Deserialize(reader.GetFieldValue<byte[]>(4), type, BillingStore.Json)!));
        }

        return changes;
    }

    /// <summary>Hands every call event in <paramref name="scope"/> to one of the takers, each a thread of its own.</summary>
    /// <param name="progress">Told the events read so far.</param>
    public async Task ReadAsync(LogScope scope, IReadOnlyList<ITakeCalls> takers, IProgress<long>? progress)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var next = -1;
        long read = 0;
        await Task.WhenAll(takers.Take(Math.Max(1, scope.Pieces.Count)).Select(taker => Task.Run(
            async () =>
            {
                try
                {
                    await using var connection = await snapshot.JoinAsync(stop.Token);
                    var reader = new ReadCallEvents(connection);
                    while (Interlocked.Increment(ref next) is var piece && piece < scope.Pieces.Count)
                    {
                        var events = await reader.ReadAsync(scope.Pieces[piece], taker, stop.Token);
                        taker.Finish(piece);
                        progress?.Report(Interlocked.Add(ref read, events));
                    }
                }
                catch
                {
                    await stop.CancelAsync();
                    throw;
                }
            },
            CancellationToken.None)));
    }

    /// <summary>Texts as an array in SQL; a COPY takes no parameters.</summary>
    private static string TextArray(IEnumerable<string> texts)
    {
        var elements = texts.Select(text => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        return $"'{{{string.Join(',', elements).Replace("'", "''", StringComparison.Ordinal)}}}'::text[]";
    }

    private async Task<LogScope> RangesAsync(string streams, string events)
    {
        await using var command = new NpgsqlCommand($"{Bounds} where {streams}", snapshot.Connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel) || await reader.IsDBNullAsync(0, cancel))
        {
            return new LogScope("false", []);
        }

        var (first, last) = (reader.GetInt64(0), reader.GetInt64(1));
        var pieces = new List<string>();
        for (var from = first; from <= last; from += EventsOfAPiece)
        {
            pieces.Add(string.Create(CultureInfo.InvariantCulture, $"seq_id >= {from} and seq_id < {Math.Min(from + EventsOfAPiece, last + 1)} and {events}"));
        }

        return new LogScope(string.Create(CultureInfo.InvariantCulture, $"seq_id >= {first} and seq_id <= {last} and {events}"), pieces);
    }
}
