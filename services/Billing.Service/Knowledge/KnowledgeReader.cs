using System.Data.Common;
using System.Text.Json;
using Npgsql;

namespace Billing.Service.Knowledge;

/// <summary>Reads the events of knowledge streams, in bulk and in the order of their versions.</summary>
internal static class KnowledgeReader
{
    private const string Events =
        $"""
         cross join lateral (
           select e.version, e.type, e.data from {BillingStore.Schema}.mt_events e
           where e.stream_id = known.stream_id and e.version <= known.version
           order by e.version offset 0) event
         """;

    // the lateral query with its offset keeps the plan at one index look-up per stream, however many calls lie in the log
    private const string AtNumber =
        $"""
         select known.stream_id, event.version, event.type, event.data
         from (select stream_id, max(version) as version from {BillingStore.Schema}.knowledge_log where no <= @no group by stream_id) known
         {Events}
         """;

    private const string OfStreams =
        $"""
         select known.stream_id, event.version, event.type, event.data
         from (select stream_id, max(version) as version from {BillingStore.Schema}.knowledge_log where stream_id = any(@streams) group by stream_id) known
         {Events}
         """;

    /// <summary>Everything known at a number.</summary>
    public static NpgsqlCommand KnownAt(long no)
    {
        var command = new NpgsqlCommand(AtNumber);
        command.Parameters.AddWithValue("no", no);
        return command;
    }

    /// <summary>What is known of some streams now.</summary>
    public static NpgsqlCommand KnownOf(string[] streams)
    {
        var command = new NpgsqlCommand(OfStreams);
        command.Parameters.AddWithValue("streams", streams);
        return command;
    }

    /// <summary>Hands each event to <paramref name="apply"/> with its stream.</summary>
    /// <exception cref="InvalidDataException">An event is missing or of a type that is no knowledge.</exception>
    public static async Task ReadAsync(DbDataReader reader, Action<string, object> apply, CancellationToken cancellation)
    {
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellation))
        {
            var stream = reader.GetString(0);
            var version = reader.GetInt64(1);
            var name = reader.GetString(2);
            var expected = versions.GetValueOrDefault(stream) + 1;
            if (version != expected)
            {
                throw new InvalidDataException($"The log is damaged: event {expected} of stream {stream} is missing.");
            }

            if (!KnowledgeStreams.Types.TryGetValue(name, out var type))
            {
                throw new InvalidDataException($"Event {version} of stream {stream} has the unknown type {name}.");
            }

            versions[stream] = version;
            var data = reader.GetFieldValue<byte[]>(3);
            apply(stream, JsonSerializer.Deserialize(data, type, BillingStore.Json)
                ?? throw new InvalidDataException($"Event {version} of stream {stream} is null."));
        }
    }
}
