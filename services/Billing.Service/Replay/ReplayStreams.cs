using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Records;
using Billing.Rating.Subscriptions;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Replay;

/// <summary>
/// Finds the streams on which calls may lie that concern one contract: its own, those of the month that nobody was charged
/// for, and those of contracts that at any time were known to hold one of its numbers.
/// </summary>
internal sealed class ReplayStreams(NpgsqlConnection connection, UsageMonth month, CancellationToken cancel)
{
    private const string Holders =
        $"""
        select distinct e.stream_id
        from (select distinct stream_id from {BillingStore.Schema}.knowledge_log where stream_id like '{KnowledgeStreams.ContractPrefix}%') known
        join {BillingStore.Schema}.mt_events e on e.stream_id = known.stream_id
        where e.type = 'number_assigned.v1' and (e.data->'entry'->>'number' = any($1) or e.data->'entry'->>'mobileNumber' = any($1))
        """;

    private const string Unclaimed =
        $"select id from {BillingStore.Schema}.mt_streams where right(id, 7) = $1 and id ~ '^(unassigned|suspense)-'";

    private const string HoldingCalls =
        $"select distinct stream_id from {BillingStore.Schema}.mt_events where id = any($1) and right(stream_id, 7) = $2";

    /// <param name="known">The states of knowledge in which the contract's numbers are looked up.</param>
    /// <param name="corrections">Supposed corrections: they may give the contract calls of anybody.</param>
    public async Task<IReadOnlyCollection<string>> OfContractAsync(string contract, IEnumerable<ContractBook> known, IReadOnlyList<CallCorrection> corrections)
    {
        var numbers = known.Select(book => book.Find(contract)).OfType<Contract>()
            .SelectMany(found => found.Document.Numbers)
            .SelectMany(number => new[] { number.Number, number.MobileNumber })
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        var streams = new HashSet<string>(StringComparer.Ordinal) { UsageStreams.Of(contract, month) };
        foreach (var holder in await ReadAsync(Holders, [numbers]))
        {
            streams.Add(UsageStreams.Of(holder[KnowledgeStreams.ContractPrefix.Length..], month));
        }

        streams.UnionWith(await ReadAsync(Unclaimed, [month.ToString()]));
        if (corrections.Count > 0)
        {
            streams.UnionWith(await ReadAsync(HoldingCalls, [corrections.SelectMany(Ids).ToArray(), month.ToString()]));
        }

        return streams;
    }

    /// <summary>The ids that a call's event may have: recorded at once, or after it was suspended.</summary>
    private static IEnumerable<Guid> Ids(CallCorrection correction)
    {
        var record = new CallRecord
        {
            Source = correction.Source,
            RecordId = correction.RecordId,
            Kind = Words.Of(CallKind.Call),
            Mode = Words.Of(CallMode.Ip),
            CallingNumber = "",
            CalledNumber = "",
            StartedAt = default,
            EndedAt = default,
            EndCause = Words.Of(EndCause.Normal),
        };
        var row = new CallRecordReader().Read(record);
        var id = CallEventId.Of(row, CallIdentity.Of(row));
        return [id, CallEventId.OfReleased(id)];
    }

    private async Task<List<string>> ReadAsync(string query, IReadOnlyList<object> values)
    {
        var names = new List<string>();
        await using var command = new NpgsqlCommand(query, connection) { CommandTimeout = 0 };
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }
}
