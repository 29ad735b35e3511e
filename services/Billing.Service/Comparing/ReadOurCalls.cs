using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating;
using Billing.Rating.Numbers;
using Billing.Rating.Records;
using Billing.Service.EventLog;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Comparing;

/// <summary>Our side of a comparison, number by number: rated calls with their charges, and the records as they were captured or corrected since.</summary>
internal sealed class ReadOurCalls(NpgsqlConnection connection, ComparisonRequest request, RatingKnowledge knowledge, CancellationToken cancel)
{
    /// <summary>The last correction of each call, of which the facts count; a voided call has no row any more.</summary>
    private const string CorrectedFacts =
        $"""
        left join (
          select distinct on (call_id) call_id, stream_id, version from {BillingStore.Schema}.call_corrections
          where kind = '{CorrectionRows.Correct}' order by call_id, version desc) k on k.call_id = r.id
        left join {BillingStore.Schema}.mt_events c on c.stream_id = k.stream_id and c.version = k.version
        """;

    private const string Calls =
        $"""
        select r.number, r.outcome, r.charge::text, e.data, c.data->'facts'
        from {BillingStore.Schema}.rated_calls r join {BillingStore.Schema}.mt_events e on e.id = r.id
        {CorrectedFacts}
        where r.usage_month = $1 and r.number is not null and ($2::text is null or r.contract = $2) and ($3::text is null or r.number = $3)
        order by r.number collate "C"
        """;

    private const string Held =
        $"""
        select 'suspended: ' || s.reason, e.data, null::jsonb
        from {BillingStore.Schema}.suspense s join {BillingStore.Schema}.mt_events e on e.id = s.id
        where s.month = $1 and s.released_as is null
        union all
        select '{CompareNumber.Unanswered}', e.data, c.data->'facts'
        from {BillingStore.Schema}.rated_calls r join {BillingStore.Schema}.mt_events e on e.id = r.id
        {CorrectedFacts}
        where r.usage_month = $1 and r.number is null
        """;

    private readonly StoredCalls _stored = new();
    private readonly CallRecordReader _corrected = new();

    /// <summary>The calls of the month, the numbers in ordinal order.</summary>
    public async IAsyncEnumerable<(string Number, List<OurCall> Calls)> NumbersAsync()
    {
        await using var command = new NpgsqlCommand(Calls, connection) { CommandTimeout = 0 };
        command.Parameters.Add(Month());
        command.Parameters.Add(RowStatements.Text(request.Contract));
        command.Parameters.Add(RowStatements.Text(request.Number));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        string? current = null;
        var calls = new List<OurCall>();
        while (await reader.ReadAsync(cancel))
        {
            var number = reader.GetString(0);
            if (current is not null && number != current)
            {
                yield return (current, calls);
                calls = [];
            }

            current = number;
            calls.Add(Call(reader));
        }

        if (current is not null)
        {
            yield return (current, calls);
        }
    }

    /// <summary>Records of the month that nobody is billed for: suspended, or unanswered from a number that nobody holds.</summary>
    public async Task StageHeldAsync(ComparisonStage stage)
    {
        await using var command = new NpgsqlCommand(Held, connection) { CommandTimeout = 0 };
        command.Parameters.Add(Month());
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (number, call) = HeldCall(reader);
            await stage.AddAsync(number, call);
        }
    }

    private (string Number, HeldCall Call) HeldCall(NpgsqlDataReader reader)
    {
        var row = Facts(reader, 1);
        var day = Tokyo.DayOf(row.StartedMs);
        var number = knowledge.Contracts.HolderMobile(row.PayingNumber, day)?.Number ?? Encoding.ASCII.GetString(row.PayingNumber);
        return (number, new HeldCall(Called(row, day), Start(row), reader.GetString(0)));
    }

    private OurCall Call(NpgsqlDataReader reader)
    {
        var row = Facts(reader, 3);
        return new OurCall(
            Encoding.UTF8.GetString(row.Source),
            Encoding.UTF8.GetString(row.RecordId),
            Called(row, Tokyo.DayOf(row.StartedMs)),
            reader.GetString(1) == Words.Of(Outcome.Rated),
            Start(row),
            row.AnsweredMs is { } answered ? row.EndedMs - answered : 0,
            Yen.Parse(reader.GetString(2)));
    }

    /// <summary>The facts as corrected, in the column behind those that were captured, or those.</summary>
    private CdrRow Facts(NpgsqlDataReader reader, int captured) => reader.IsDBNull(captured + 1)
        ? _stored.Read(reader.GetFieldValue<byte[]>(captured)).Row
        : _corrected.Read(JsonSerializer.Deserialize<CallRecord>(reader.GetFieldValue<byte[]>(captured + 1), BillingStore.Json)!);

    private long Start(in CdrRow row) => request.Map.StartIsAnswer ? row.AnsweredMs ?? row.StartedMs : row.StartedMs;

    /// <summary>The called number as theirs is read; what is no number (an extension, say) as it was captured.</summary>
    private string Called(in CdrRow row, int day) => CalledParty.Of(row.CalledNumber, knowledge.Reference, day) ?? Encoding.UTF8.GetString(row.CalledNumber);

    private NpgsqlParameter Month() => new() { Value = request.Month.FirstDay.ToDateOnly() };
}
