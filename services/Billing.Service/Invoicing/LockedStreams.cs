using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>Streams that one transaction has locked, with room for a number of events on each; what is not used is given back.</summary>
internal sealed class LockedStreams
{
    private const string ForgetUnused =
        $"delete from {BillingStore.Schema}.mt_streams where id = any($1) and version = 0";

    private readonly Dictionary<string, long> _room;

    private LockedStreams(IReadOnlyDictionary<string, long> versions, Dictionary<string, long> room) => (Versions, _room) = (versions, room);

    /// <summary>The versions before.</summary>
    public IReadOnlyDictionary<string, long> Versions { get; }

    /// <param name="room">The events that each stream may get.</param>
    public static async Task<LockedStreams> LockAsync(NpgsqlConnection connection, IReadOnlyDictionary<string, long> room, CancellationToken cancel)
    {
        var streams = room.Keys.ToList();
        var before = await EventAppend.LockAsync(connection, streams, [.. streams.Select(stream => room[stream])], cancel);
        return new LockedStreams(
            streams.Zip(before).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
            new Dictionary<string, long>(room, StringComparer.Ordinal));
    }

    /// <summary>Takes the room for one event.</summary>
    /// <exception cref="InvalidOperationException">There is none left: a defect of the caller.</exception>
    public void Use(string stream)
    {
        if (--_room[stream] < 0)
        {
            throw new InvalidOperationException($"Stream {stream} would get more events than were made room for.");
        }
    }

    /// <summary>Gives back the room that no event took; a stream that was made for nothing goes away again.</summary>
    public async Task ReleaseAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var unused = _room.Where(entry => entry.Value > 0).Select(entry => entry.Key).ToList();
        if (unused.Count > 0)
        {
            await EventAppend.LockAsync(connection, unused, [.. unused.Select(stream => -_room[stream])], cancel);
            await using var forget = new NpgsqlCommand(ForgetUnused, connection);
            forget.Parameters.Add(new NpgsqlParameter { Value = unused.ToArray() });
            await forget.ExecuteNonQueryAsync(cancel);
        }
    }
}
