using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>Copies rows from one database to another as the server itself writes and reads them: nothing of them is understood, so nothing is changed.</summary>
internal static class CopyRows
{
    /// <summary>The columns of a table of ours or Marten's, by name: two databases may have them in another order.</summary>
    public static async Task<IReadOnlyList<string>> ColumnsAsync(NpgsqlConnection connection, string table, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = table });
        var columns = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            columns.Add($"\"{reader.GetString(0)}\"");
        }

        return columns;
    }

    /// <summary>Rows of a query into a table with the same columns in the same order.</summary>
    /// <param name="rows">A query without parameters.</param>
    /// <param name="into">A table, with its columns in brackets if they are not all.</param>
    public static async Task SendAsync(NpgsqlConnection from, string rows, NpgsqlConnection to, string into, CancellationToken cancel)
    {
        await using var read = await from.BeginRawBinaryCopyAsync($"copy ({rows}) to stdout (format binary)", cancel);
        await using var write = await to.BeginRawBinaryCopyAsync($"copy {into} from stdin (format binary)", cancel);
        await read.CopyToAsync(write, 1 << 16, cancel);
    }

    /// <summary>Rows of a table, by the names of its columns, into one that has the same.</summary>
    /// <param name="which">The condition that the rows meet.</param>
    public static async Task TableAsync(NpgsqlConnection from, string table, string which, NpgsqlConnection to, string into, CancellationToken cancel)
    {
        var columns = string.Join(", ", await ColumnsAsync(from, table, cancel));
        await SendAsync(from, $"select {columns} from {table} where {which}", to, $"{into} ({columns})", cancel);
    }

    /// <summary>A statement that takes as long as it takes.</summary>
    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>A text as it stands in a query of <see cref="SendAsync"/>, which takes no parameters.</summary>
    public static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
