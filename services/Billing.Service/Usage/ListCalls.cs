using Billing.Contracts;
using Billing.Contracts.Documents;
using NodaTime;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>Which calls of a contract and month are listed; what is null does not matter.</summary>
/// <param name="From">Answered at this instant or later.</param>
/// <param name="Before">Answered before this instant.</param>
/// <param name="Departments">Only calls of numbers that belonged to one of these departments when they were answered.</param>
/// <param name="ChargeFrom">Charged at least this.</param>
/// <param name="ChargeTo">Charged at most this.</param>
public sealed record CallFilter(
    UsageMonth Month,
    Instant? From = null,
    Instant? Before = null,
    string? Number = null,
    IReadOnlyCollection<string>? Departments = null,
    string? Class = null,
    string? Outcome = null,
    Yen? ChargeFrom = null,
    Yen? ChargeTo = null)
{
    /// <summary>True when calls between are passed over, so that a part may have to look at more rows than it lists.</summary>
    internal bool Selects => Number is not null || Departments is not null || Class is not null || Outcome is not null || ChargeFrom is not null || ChargeTo is not null;
}

/// <summary>One call; the called number comes without its last four digits.</summary>
/// <param name="Outcome"><c>rated</c>, or <c>unanswered</c>.</param>
/// <param name="Department">That of the number when the call was answered.</param>
/// <param name="AnsweredAt">When it was answered; of an unanswered record when it began.</param>
/// <param name="Seconds">Chargeable time.</param>
/// <param name="TailSeconds">The time between the loss of speech and the disconnection (R73); absent without one.</param>
public sealed record ListedCall(
    string Source,
    string RecordId,
    string Outcome,
    string? Number,
    string? Department,
    Instant AnsweredAt,
    string? Class,
    string? Carrier,
    string? Destination,
    string? TaxCategory,
    Seconds Seconds,
    long Units,
    Yen Charge,
    Seconds? TailSeconds,
    Yen? TailCharge,
    string? TariffVersion);

/// <summary>Where a list of calls goes on: behind the call answered at this instant, with this id.</summary>
public readonly record struct CallPlace(Instant AnsweredAt, Guid Id);

/// <summary>A part of the calls.</summary>
/// <param name="Next">Where the list goes on; null at its end.</param>
public sealed record CallPart(IReadOnlyList<ListedCall> Calls, CallPlace? Next);

/// <summary>
/// Lists the calls of a contract and month in the order of their answers, by the index that the invoices need anyway. A part looks at
/// a bounded number of rows: with a filter that few calls meet it may list fewer calls than were asked for, even none, and still go on.
/// </summary>
public sealed class ListCalls(NpgsqlDataSource database)
{
    private const string Table = $"{BillingStore.Schema}.rated_calls r";
    private const string Order = "order by answered_at, id";

    /// <summary>The most rows that one part looks at.</summary>
    internal const int MostRows = 20_000;

    /// <param name="contract">The contract as it is known: it tells the departments of its numbers.</param>
    /// <param name="after">Where to go on; null for the beginning.</param>
    public async Task<CallPart> RunAsync(ContractDocument contract, CallFilter filter, CallPlace? after, int limit, CancellationToken cancel)
    {
        var departments = new NumberDepartments(contract);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ReadInOrderAsync(connection, cancel);
        var end = filter.Selects ? await EndAsync(connection, contract.Id, filter, after, cancel) : null;
        await using var command = Query(contract.Id, filter, departments, after, end, limit + 1);
        command.Connection = connection;
        var calls = new List<ListedCall>();
        CallPlace? last = null;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (calls.Count == limit)
            {
                return new CallPart(calls, last);
            }

            calls.Add(Call(reader, departments));
            last = Place(reader);
        }

        return new CallPart(calls, end);
    }

    /// <summary>
    /// Until the transaction ends, rows are read in the order of the index and never sorted: a contract may have got a million calls since
    /// the database last counted, and it would read them all to sort the few it expects.
    /// </summary>
    private static async Task ReadInOrderAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("set local enable_sort = off", connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The last row that a part looks at; null when the list ends before it.</summary>
    private static async Task<CallPlace?> EndAsync(NpgsqlConnection connection, string contract, CallFilter filter, CallPlace? after, CancellationToken cancel)
    {
        await using var command = End(contract, filter, after);
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? Place(reader) : null;
    }

    internal static NpgsqlCommand End(string contract, CallFilter filter, CallPlace? after) =>
        From(contract, filter, after).Query($"select answered_at, id from {Table}", $"{Order} offset {MostRows - 1} limit 1");

    internal static NpgsqlCommand Query(string contract, CallFilter filter, NumberDepartments departments, CallPlace? after, CallPlace? end, int most)
    {
        var conditions = From(contract, filter, after);
        if (end is { } place)
        {
            conditions.Add("(answered_at, id) <= ({0}, {1})", [place.AnsweredAt.ToDateTimeUtc(), place.Id]);
        }

        conditions.Add("number = {0}", filter.Number);
        conditions.Add("class = {0}", filter.Class);
        conditions.Add("outcome = {0}", filter.Outcome);
        conditions.Add("charge >= {0}::numeric", filter.ChargeFrom?.ToString());
        conditions.Add("charge <= {0}::numeric", filter.ChargeTo?.ToString());
        if (filter.Departments is not null)
        {
            var stretches = departments.In(filter.Departments);
            conditions.Add("number = any({0})", [stretches.Select(stretch => stretch.Number).Distinct().ToArray()]);

            // the offset keeps it a condition of each row: as a join it would not be read in the order of the index
            conditions.Add(
                """
                exists (select from unnest({0}, {1}, {2}) as d(number, from_at, before_at)
                  where d.number = r.number and r.answered_at >= d.from_at and r.answered_at < d.before_at offset 0)
                """,
                [
                    stretches.Select(stretch => stretch.Number).ToArray(),
                    stretches.Select(stretch => stretch.From.ToDateTimeUtc()).ToArray(),
                    stretches.Select(stretch => stretch.Before.ToDateTimeUtc()).ToArray(),
                ]);
        }

        return conditions.Query(
            $"""
            select answered_at, id, source, record_id, outcome, number, class, carrier, destination, tax_category,
              chargeable_ms, units, charge::text, tail_ms, tail_charge::text, tariff_version
            from {Table}
            """,
            $"{Order} limit {most}");
    }

    /// <summary>The rows from a place on; their order is that of the index.</summary>
    private static Conditions From(string contract, CallFilter filter, CallPlace? after)
    {
        var conditions = new Conditions();
        conditions.Add("usage_month = {0}", filter.Month.FirstDay.ToDateOnly());
        conditions.Add("contract = {0}", contract);
        conditions.Add("answered_at >= {0}", filter.From?.ToDateTimeUtc());
        conditions.Add("answered_at < {0}", filter.Before?.ToDateTimeUtc());
        if (after is { } place)
        {
            conditions.Add("(answered_at, id) > ({0}, {1})", [place.AnsweredAt.ToDateTimeUtc(), place.Id]);
        }

        return conditions;
    }

    private static CallPlace Place(NpgsqlDataReader reader) => new(Instant.FromDateTimeUtc(reader.GetDateTime(0)), reader.GetGuid(1));

    private static ListedCall Call(NpgsqlDataReader reader, NumberDepartments departments)
    {
        var at = Instant.FromDateTimeUtc(reader.GetDateTime(0));
        var number = Text(5);
        return new ListedCall(
            reader.GetString(2), reader.GetString(3), reader.GetString(4), number, departments.Of(number, at), at, Text(6), Text(7),
            Text(8) is { } destination ? Masked.Number(destination) : null,
            Text(9), new Seconds(reader.GetInt64(10)), reader.GetInt64(11), Yen.Parse(reader.GetString(12)),
            reader.IsDBNull(13) ? null : new Seconds(reader.GetInt64(13)), Text(14) is { } tail ? Yen.Parse(tail) : null, Text(15));

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }
}
