using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>
/// The corrections of the whole log, or of one month, that a rebuild must know before it takes the calls. Those that come while it runs
/// concern calls that it has taken already: their streams are done again, see <see cref="RebuildTables.ForgetAsync"/>.
/// </summary>
internal sealed class RebuildCorrections(NpgsqlDataSource database, UsageMonth? only)
{
    /// <summary>Why something was corrected is of no matter here, and a million reasons would need room.</summary>
    private static readonly CorrectionGrounds NoGrounds = new("", "");

    private readonly Dictionary<string, StreamCorrections> _streams = new(StringComparer.Ordinal);

    /// <summary>The last sequence number whose corrections are known, but for streams that were read again since.</summary>
    public long UpTo { get; private set; }

    /// <summary>Reads all corrections up to a sequence number.</summary>
    public async Task LoadAsync(long upTo, CancellationToken cancel)
    {
        await ReadAsync($"e.seq_id <= {upTo} {(only is { } month ? $"and right(e.stream_id, 7) = '{month}'" : "")}", "", cancel);
        UpTo = upTo;
    }

    /// <summary>Reads the corrections of the streams that are to be done again, all there are by now.</summary>
    public Task LoadStreamsAsync(CancellationToken cancel) => ReadAsync("true", $"join {RebuildTables.Again} a on a.stream_id = e.stream_id", cancel);

    /// <summary>What was made of a call; not to be asked while corrections are read.</summary>
    public CorrectedCall Of(ReadOnlySpan<byte> stream, Guid call, long version)
    {
        if (_streams.Count == 0)
        {
            return default;
        }

        Span<char> name = stream.Length <= 512 ? stackalloc char[stream.Length] : new char[stream.Length];
        name = name[..Encoding.UTF8.GetChars(stream, name)];
        return _streams.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var corrections) ? corrections.Of(call, version) : default;
    }

    private async Task ReadAsync(string condition, string join, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var stream = await connection.BeginRawBinaryCopyAsync(
            $"""
            copy (select e.stream_id, e.version, e.type, e.data from {BillingStore.Schema}.mt_events e {join}
            where e.type in ({EventTypes.Corrections}) and {condition} order by e.stream_id, e.version)
            to stdout (format binary)
            """,
            cancel);
        var rows = new CopyReader(columns: 4);
        rows.Begin(stream);
        var (name, events) = ("", new List<(long, object)>());
        while (rows.TryRead())
        {
            var next = Encoding.UTF8.GetString(rows.Field(0));
            if (next != name)
            {
                Keep(name, events);
                (name, events) = (next, []);
            }

            events.Add((rows.BigInt(1), Read(Encoding.ASCII.GetString(rows.Field(2)), rows.Jsonb(3))));
        }

        Keep(name, events);
    }

    private void Keep(string stream, List<(long, object)> events)
    {
        if (events.Count > 0)
        {
            _streams[stream] = StreamCorrections.Of(events);
        }
    }

    private static object Read(string type, ReadOnlySpan<byte> json) => StreamCalls.Deserialize(type, json) switch
    {
        CallVoided voided => voided with { Grounds = NoGrounds },
        CallCorrected corrected => corrected with { Grounds = NoGrounds },
        UsageRerated rerated => rerated with { Grounds = NoGrounds },
        var other => throw new JsonException($"{other.GetType().Name} corrects nothing."),
    };
}
