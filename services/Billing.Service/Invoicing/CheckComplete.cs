using Billing.Contracts;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// Holds the read tables against the log before anything is issued: while they are being rebuilt they lack calls, and an
/// invoice made from them would be too low or bill late usage twice. A locked stream's version says how many events it
/// has, so the usual case costs nothing.
/// </summary>
/// <param name="versions">The locked streams and their versions before.</param>
internal sealed class CheckComplete(NpgsqlConnection connection, IReadOnlyDictionary<string, long> versions, CancellationToken cancel)
{
    private const string CountEvents =
        $"""
        select stream_id, count(*) filter (where type = '{EventTypes.CallRecorded}') - count(*) filter (where type = '{EventTypes.CallVoided}'), count(*) filter (where type = '{EventTypes.UsageMonthClosed}')
        from {BillingStore.Schema}.mt_events where stream_id = any($1) group by stream_id
        """;

    /// <summary>The contracts whose read tables are not what the log says, and how they differ.</summary>
    public async Task<Dictionary<string, Refusal>> RunAsync(IEnumerable<StoredUsage> usage)
    {
        var doubtful = usage
            .Where(stored => versions[Stream(stored)] != Calls(stored) + stored.Invoiced.Count)
            .ToDictionary(Stream, StringComparer.Ordinal);
        var faults = new Dictionary<string, Refusal>(StringComparer.Ordinal);
        if (doubtful.Count == 0)
        {
            return faults;
        }

        var logged = await CountAsync([.. doubtful.Keys]);
        foreach (var (stream, stored) in doubtful)
        {
            var (calls, closings) = logged.GetValueOrDefault(stream);
            if (calls != Calls(stored) || closings != stored.Invoiced.Count)
            {
                faults[stored.Key.Contract] = new Refusal(
                    "§7",
                    FormattableString.Invariant($"the read tables do not agree with the log: {stored.Key.Month} has {Calls(stored)} calls for {calls} that stand in the log, {stored.Invoiced.Count} invoices for {closings} closings; is a rebuild running?"));
            }
        }

        return faults;
    }

    private static string Stream(StoredUsage stored) => UsageStreams.Of(stored.Key.Contract, stored.Key.Month);

    private static long Calls(StoredUsage stored) => stored.All.Calls + stored.All.Unanswered;

    private async Task<Dictionary<string, (long Calls, long Closings)>> CountAsync(string[] streams)
    {
        var counts = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(CountEvents, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = streams });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            counts.Add(reader.GetString(0), (reader.GetInt64(1), reader.GetInt64(2)));
        }

        return counts;
    }
}
