using Billing.Contracts;
using NodaTime;
using Npgsql;

namespace Billing.Service.Disputes;

/// <summary>Which disputes are listed; what is null does not matter.</summary>
/// <param name="Contracts">Only those of these contracts.</param>
/// <param name="OverdueOn">Only open ones whose deadline lies before this day.</param>
/// <param name="After">The id behind which the list goes on.</param>
public sealed record DisputeFilter(
    IReadOnlyCollection<string>? Contracts = null, string? Invoice = null, string? State = null, LocalDate? OverdueOn = null, string? After = null, int? Most = null);

/// <summary>One dispute in a list.</summary>
/// <param name="AgeDays">Days from its opening to today, or to its end.</param>
/// <param name="IsOverdue">Open, and its deadline has passed.</param>
/// <param name="Document">The credit note or adjustment that it led to.</param>
public sealed record DisputeEntry(
    string Id,
    string Contract,
    string Invoice,
    string State,
    Yen Amount,
    Yen Credited,
    LocalDate OpenedOn,
    LocalDate Deadline,
    int AgeDays,
    bool IsOverdue,
    LocalDate? ClosedOn,
    string? Document,
    int Attachments,
    string OpenedBy,
    string Claim);

/// <summary>Lists disputes by id.</summary>
public static class ListDisputes
{
    private const string Columns =
        $"select id, contract, invoice, state, amount::text, credited::text, opened_on, deadline, closed_on, document, attachments, opened_by, claim from {BillingStore.Schema}.disputes";

    /// <param name="today">The Tokyo date by which ages are counted.</param>
    public static async Task<List<DisputeEntry>> RunAsync(NpgsqlDataSource database, DisputeFilter filter, LocalDate today, CancellationToken cancel)
    {
        var conditions = new Conditions();
        conditions.Add("contract = any({0})", (object?)filter.Contracts?.ToArray());
        conditions.Add("invoice = {0}", filter.Invoice);
        conditions.Add("state = {0}", filter.State);
        conditions.Add($"state = '{DisputeStates.Open}' and deadline < {{0}}", filter.OverdueOn?.ToDateOnly());
        conditions.Add("id > {0}", filter.After);
        await using var command = conditions.Query(Columns, filter.Most is { } most ? $"order by id limit {most}" : "order by id");
        await using var connection = await database.OpenConnectionAsync(cancel);
        command.Connection = connection;
        var entries = new List<DisputeEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            entries.Add(Entry(reader, today));
        }

        return entries;
    }

    private static DisputeEntry Entry(NpgsqlDataReader reader, LocalDate today)
    {
        var state = reader.GetString(3);
        var opened = Date(reader, 6);
        var deadline = Date(reader, 7);
        LocalDate? closed = reader.IsDBNull(8) ? null : Date(reader, 8);
        return new DisputeEntry(
            reader.GetString(0),
            reader.GetString(1),
            reader.GetString(2),
            state,
            Yen.Parse(reader.GetString(4)),
            Yen.Parse(reader.GetString(5)),
            opened,
            deadline,
            Period.DaysBetween(opened, closed ?? today),
            state == DisputeStates.Open && deadline < today,
            closed,
            reader.IsDBNull(9) ? null : reader.GetString(9),
            reader.GetInt32(10),
            reader.GetString(11),
            reader.GetString(12));
    }

    private static LocalDate Date(NpgsqlDataReader reader, int column) => LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(column));
}
