using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>How many records of a month are suspended for a reason.</summary>
public sealed record SuspenseGroup(UsageMonth Month, string Reason, long Records);

/// <summary>One suspended record, without its numbers.</summary>
public sealed record SuspenseEntry(Guid Id, UsageMonth Month, string Source, string RecordId, string Reason, long Delivery, long Line);

/// <summary>Where the list of suspended records goes on: behind this one.</summary>
public sealed record SuspensePlace(UsageMonth Month, string Reason, Guid Id);

/// <summary>What is suspended now; single records are listed up to <see cref="SuspenseList.Most"/>.</summary>
public sealed record SuspenseEntries(long Total, IReadOnlyList<SuspenseGroup> Groups, IReadOnlyList<SuspenseEntry> Records);

/// <summary>Reads the suspense list.</summary>
public static class SuspenseList
{
    public const int Most = 100;

    private const string Columns = "id, month, source, record_id, reason, delivery, line";

    public static async Task<SuspenseEntries> ReadAsync(NpgsqlDataSource database, ReleaseRequest filter, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var groups = await GroupsAsync(connection, filter, cancel);
        await using var command = Filtered(connection, Columns, filter, null, $"order by delivery, line limit {Most}");
        return new SuspenseEntries(groups.Sum(group => group.Records), groups, await EntriesAsync(command, cancel));
    }

    /// <summary>How many records are suspended, by month and reason.</summary>
    public static async Task<IReadOnlyList<SuspenseGroup>> GroupsAsync(NpgsqlDataSource database, ReleaseRequest filter, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await GroupsAsync(connection, filter, cancel);
    }

    /// <summary>A part of the records, by month, reason and id.</summary>
    /// <param name="after">Where to go on; null for the beginning.</param>
    public static async Task<List<SuspenseEntry>> PartAsync(NpgsqlDataSource database, ReleaseRequest filter, SuspensePlace? after, int most, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = Part(connection, filter, after, most);
        return await EntriesAsync(command, cancel);
    }

    internal static NpgsqlCommand Part(NpgsqlConnection connection, ReleaseRequest filter, SuspensePlace? after, int most) =>
        Filtered(connection, Columns, filter, after, $"order by month, reason, id limit {most}");

    /// <summary>A suspended record with the last digits of its numbers masked; null when there is none with this id.</summary>
    public static async Task<CallSuspended?> FindAsync(NpgsqlDataSource database, Guid id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand($"select e.data::text from {BillingStore.Schema}.suspense s join {BillingStore.Schema}.mt_events e on e.id = s.id where s.id = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        if (await command.ExecuteScalarAsync(cancel) is not string json)
        {
            return null;
        }

        var suspended = JsonSerializer.Deserialize<CallSuspended>(json, BillingStore.Json)!;
        return suspended with { Call = Masked.Call(suspended.Call) };
    }

    private static async Task<IReadOnlyList<SuspenseGroup>> GroupsAsync(NpgsqlConnection connection, ReleaseRequest filter, CancellationToken cancel)
    {
        var groups = new List<SuspenseGroup>();
        await using var command = Filtered(connection, "month, reason, count(*)", filter, null, "group by 1, 2 order by 1, 2");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            groups.Add(new SuspenseGroup(MonthOf(reader.GetFieldValue<DateOnly>(0)), reader.GetString(1), reader.GetInt64(2)));
        }

        return groups;
    }

    private static async Task<List<SuspenseEntry>> EntriesAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var records = new List<SuspenseEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            records.Add(new SuspenseEntry(reader.GetGuid(0), MonthOf(reader.GetFieldValue<DateOnly>(1)), reader.GetString(2), reader.GetString(3),
                reader.GetString(4), reader.GetInt64(5), reader.GetInt64(6)));
        }

        return records;
    }

    private static UsageMonth MonthOf(DateOnly date) => new(date.Year, date.Month);

    private static NpgsqlCommand Filtered(NpgsqlConnection connection, string columns, ReleaseRequest filter, SuspensePlace? after, string rest)
    {
        var conditions = new Conditions();
        conditions.Add("released_as is null", []);
        conditions.Add("month = {0}", filter.Month?.FirstDay.ToDateOnly());
        conditions.Add("reason = {0}", filter.Reason);
        conditions.Add("source = {0}", filter.Source);
        if (after is not null)
        {
            conditions.Add("(month, reason, id) > ({0}, {1}, {2})", [after.Month.FirstDay.ToDateOnly(), after.Reason, after.Id]);
        }

        var command = conditions.Query($"select {columns} from {BillingStore.Schema}.suspense", rest);
        command.Connection = connection;
        return command;
    }
}
