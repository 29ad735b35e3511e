using Billing.Contracts;
using NodaTime;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>Reads rows as lines of text by their keys, and compares them with what a document says.</summary>
internal sealed class VerifiedRows(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    public async Task<Dictionary<string, string>> ReadAsync(string sql, Func<NpgsqlDataReader, (string Key, string Text)> row, IReadOnlyList<object> parameters)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (key, text) = row(reader);
            found[key] = text;
        }

        return found;
    }

    /// <summary>Notes a broken link where the row is missing or differs.</summary>
    /// <param name="what">The table, or what else the key is of.</param>
    /// <param name="stream">The stream of the document that says so.</param>
    public void Compare(string check, string what, Dictionary<string, string> found, string stream, string key, string expected)
    {
        findings.Compared(check);
        if (!found.TryGetValue(key, out var there))
        {
            findings.Add(new BrokenLink(check, $"{what} {key}", null, null, $"what {stream} says", "nothing"));
        }
        else if (there != expected)
        {
            var (should, @is) = FirstDifference(expected, there);
            findings.Add(new BrokenLink(check, $"{what} {key}", null, null, should, @is));
        }
    }

    public static string Amount(string numeric) => Yen.TryParse(numeric, out var yen) ? yen.ToString() : numeric;

    public static string Lines(params ReadOnlySpan<string> lines) => string.Join('\n', lines);

    public static UsageMonth MonthOf(NpgsqlDataReader reader, int column) => UsageMonth.Of(LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(column)));

    public static string InstantOf(NpgsqlDataReader reader, int column) => Instant.FromDateTimeUtc(reader.GetDateTime(column)).ToString();

    public static string TextOf(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? "" : reader.GetString(column);

    /// <summary>The first of the lines that differ.</summary>
    private static (string Expected, string Found) FirstDifference(string expected, string found)
    {
        var pairs = expected.Split('\n').Zip(found.Split('\n')).ToList();
        return pairs.Find(pair => pair.First != pair.Second);
    }
}
