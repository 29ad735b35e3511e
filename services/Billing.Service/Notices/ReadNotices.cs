using System.Text.Json;
using NodaTime;
using Npgsql;

namespace Billing.Service.Notices;

/// <summary>Reads notices by number.</summary>
internal static class ReadNotices
{
    private const string Columns = $"select no, type, contract, at, data::text from {BillingStore.Schema}.notices";

    /// <summary>The notices behind a number, in order.</summary>
    /// <param name="contracts">Only those about these contracts; null: all.</param>
    public static async Task<List<Notice>> AfterAsync(
        NpgsqlDataSource database, long no, string? type, IReadOnlyCollection<string>? contracts, int most, CancellationToken cancel)
    {
        await using var command = After(no, type, contracts, most);
        await using var connection = await database.OpenConnectionAsync(cancel);
        command.Connection = connection;
        return await ReadAsync(command, cancel);
    }

    /// <summary>The notice with that number; null when there is none.</summary>
    public static async Task<Notice?> FindAsync(NpgsqlDataSource database, long no, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} where no = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = no });
        return (await ReadAsync(command, cancel)).FirstOrDefault();
    }

    /// <summary>The highest number; 0 when there is none.</summary>
    public static async Task<long> LastAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select coalesce(max(no), 0) from {BillingStore.Schema}.notices");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    internal static NpgsqlCommand After(long no, string? type, IReadOnlyCollection<string>? contracts, int most)
    {
        var conditions = new Conditions();
        conditions.Add("no > {0}", no);
        conditions.Add("type = {0}", type);
        conditions.Add("contract = any({0})", (object?)contracts?.ToArray());
        return conditions.Query(Columns, $"order by no limit {most}");
    }

    private static async Task<List<Notice>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var notices = new List<Notice>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            using var data = JsonDocument.Parse(reader.GetString(4));
            notices.Add(new Notice(
                reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), Instant.FromDateTimeUtc(reader.GetDateTime(3)), data.RootElement.Clone()));
        }

        return notices;
    }
}
