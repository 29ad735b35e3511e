using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Rating.Records;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>A call of a stream as it stands with the corrections that were looked at.</summary>
/// <param name="row">Its facts; valid until the call returns.</param>
/// <param name="known">The number of the knowledge that it is rated with.</param>
internal delegate void TakeStreamCall(Guid id, long version, in CdrRow row, long delivery, long line, long known);

/// <summary>Reads the calls of one usage stream with what was corrected of them.</summary>
internal static class StreamCalls
{
    private const string OfTypes =
        $"select id, version, type, data from {BillingStore.Schema}.mt_events where stream_id = $1 and version < $2 and type = any($3) order by version";

    private static readonly string[] CorrectionTypes = [.. StreamCorrections.Types.Keys];

    /// <summary>The corrections on a stream below a version.</summary>
    public static async Task<StreamCorrections> CorrectionsAsync(NpgsqlConnection connection, string stream, long before, CancellationToken cancel)
    {
        var events = new List<(long, object)>();
        await using var command = Command(connection, stream, before, CorrectionTypes);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            events.Add((reader.GetInt64(1), Deserialize(reader.GetString(2), reader.GetFieldValue<byte[]>(3))));
        }

        return StreamCorrections.Of(events, before);
    }

    /// <summary>A correction event as an object.</summary>
    public static object Deserialize(string type, ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, StreamCorrections.Types[type], BillingStore.Json)!;

    /// <summary>Hands over the calls recorded below a version that are not voided, in the order of their recording.</summary>
    public static async Task ReadAsync(
        NpgsqlConnection connection, string stream, long before, StreamCorrections corrections, TakeStreamCall take, CancellationToken cancel)
    {
        var stored = new StoredCalls();
        var records = new CallRecordReader();
        await using var command = Command(connection, stream, before, [EventTypes.CallRecorded]);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (id, version) = (reader.GetGuid(0), reader.GetInt64(1));
            var corrected = corrections.Of(id, version);
            if (corrected.IsVoided)
            {
                continue;
            }

            var call = stored.Read(reader.GetFieldValue<byte[]>(3));
            take(id, version, corrected.Facts is { } facts ? records.Read(facts) : call.Row, call.Delivery, call.Line, corrected.Known ?? call.Known);
        }
    }

    /// <summary>A recorded or suspended call by the id of its event, or null.</summary>
    public static async Task<(string Type, byte[] Json)?> FindAsync(NpgsqlConnection connection, Guid id, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"select type, data from {BillingStore.Schema}.mt_events where id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetString(0), reader.GetFieldValue<byte[]>(1)) : null;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string stream, long before, string[] types)
    {
        var command = new NpgsqlCommand(OfTypes, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = stream });
        command.Parameters.Add(new NpgsqlParameter { Value = before });
        command.Parameters.Add(new NpgsqlParameter { Value = types });
        return command;
    }
}
