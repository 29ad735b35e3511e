using Billing.Contracts;
using NodaTime;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>How far a month is.</summary>
/// <param name="Suspended">Open records of the month in suspense.</param>
/// <param name="Parked">Contracts that the last run parked.</param>
public sealed record BoardMonth(UsageMonth Month, long Issued, Yen Total, long Suspended, long Parked);

/// <summary>The months in brief: one look-up by the month's index for each number.</summary>
public static class MonthBoard
{
    private const string Query =
        $"""
        select m::date,
          (select count(*) from {BillingStore.Schema}.invoices i where i.month = m),
          (select coalesce(sum(total), 0)::text from {BillingStore.Schema}.invoices i where i.month = m),
          (select count(*) from {BillingStore.Schema}.suspense s where s.month = m and s.released_as is null),
          (select count(*) from {BillingStore.Schema}.parked_invoices p where p.month = m)
        from unnest($1::date[]) as m order by 1 desc
        """;

    private const string ParkedOf = $"select contract, rule, reason from {BillingStore.Schema}.parked_invoices where month = $1 order by contract collate \"C\" limit 200";

    /// <param name="last">The latest month shown.</param>
    /// <param name="count">How many months.</param>
    public static async Task<IReadOnlyList<BoardMonth>> RunAsync(NpgsqlDataSource database, UsageMonth last, int count, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Query);
        command.Parameters.Add(new NpgsqlParameter { Value = Enumerable.Range(0, count).Select(back => last.Plus(-back).FirstDay.ToDateOnly()).ToArray() });
        var months = new List<BoardMonth>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            months.Add(new BoardMonth(
                UsageMonth.Of(LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(0))), reader.GetInt64(1), Yen.Parse(reader.GetString(2)), reader.GetInt64(3), reader.GetInt64(4)));
        }

        return months;
    }

    /// <summary>The contracts that the last run of a month parked, the first 200.</summary>
    public static async Task<IReadOnlyList<ParkedInvoice>> ParkedAsync(NpgsqlDataSource database, UsageMonth month, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(ParkedOf);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        var parked = new List<ParkedInvoice>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            parked.Add(new ParkedInvoice(reader.GetString(0), new Refusal(reader.GetString(1), reader.GetString(2))));
        }

        return parked;
    }
}
