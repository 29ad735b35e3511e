using Billing.Contracts;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Comparing;

/// <summary>
/// A temporary table of the connection that brings their calls, and what we hold but do not bill, into the order of our numbers.
/// It is gone with the transaction; of a file of any length only one number's calls are in memory.
/// </summary>
internal sealed class ComparisonStage(NpgsqlConnection connection, CancellationToken cancel)
{
    private const int RowsAtATime = 20_000;
    private const short Their = 0;
    private const short Held = 1;

    private const string Create =
        """
        create temporary table compared_calls (
          number text collate "C" not null, called text not null, side bigint not null, start_ms bigint not null, duration_ms bigint not null,
          amount numeric, line bigint not null, id text, outside boolean not null) on commit drop
        """;

    private const string Copy = "copy compared_calls (number, called, side, start_ms, duration_ms, amount, line, id, outside) from stdin (format binary)";

    private const string Read =
        "select number, called, side, start_ms, duration_ms, amount::text, line, id, outside from compared_calls order by number, side, line";

    private readonly CopyBuffer _rows = new(1 << 20);

    public async Task CreateAsync()
    {
        await using var command = new NpgsqlCommand(Create, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }

    public Task AddAsync(TheirCall call) => AddAsync(Their, call.Number, call.Called, call.StartMs, call.DurationMs, call.Amount, call.Line, call.Id, call.IsOutside);

    public Task AddAsync(string number, HeldCall call) => AddAsync(Held, number, call.Called, call.StartMs, 0, null, 0, call.Reason, false);

    public async Task FlushAsync()
    {
        await _rows.SendAsync(connection, Copy, cancel);
        _rows.Clear();
    }

    /// <summary>The rows number by number; the numbers in ordinal order.</summary>
    public async IAsyncEnumerable<StagedNumber> NumbersAsync()
    {
        await using var command = new NpgsqlCommand(Read, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        StagedNumber? current = null;
        while (await reader.ReadAsync(cancel))
        {
            var number = reader.GetString(0);
            if (current is not null && current.Number != number)
            {
                yield return current;
                current = null;
            }

            current ??= new StagedNumber(number);
            if (reader.GetInt64(2) == Held)
            {
                current.Held.Add(new HeldCall(reader.GetString(1), reader.GetInt64(3), reader.GetString(7)));
            }
            else
            {
                current.Theirs.Add(Call(reader, number));
            }
        }

        if (current is not null)
        {
            yield return current;
        }
    }

    private static TheirCall Call(NpgsqlDataReader reader, string number) => new(
        reader.GetInt64(6),
        reader.IsDBNull(7) ? null : reader.GetString(7),
        number,
        reader.GetString(1),
        reader.GetInt64(3),
        reader.GetInt64(4),
        reader.IsDBNull(5) ? null : Yen.Parse(reader.GetString(5)),
        reader.GetBoolean(8));

    private async Task AddAsync(short side, string number, string called, long startMs, long durationMs, Yen? amount, long line, string? id, bool outside)
    {
        _rows.BeginRow(9);
        _rows.Text(number);
        _rows.Text(called);
        _rows.BigInt(side);
        _rows.BigInt(startMs);
        _rows.BigInt(durationMs);
        if (amount is { } yen)
        {
            _rows.Numeric(yen);
        }
        else
        {
            _rows.Null();
        }

        _rows.BigInt(line);
        _rows.TextOrNull(id);
        _rows.Bool(outside);
        if (_rows.Rows >= RowsAtATime)
        {
            await FlushAsync();
        }
    }
}

/// <summary>What the stage holds of one number.</summary>
internal sealed record StagedNumber(string Number)
{
    public List<TheirCall> Theirs { get; } = [];

    public List<HeldCall> Held { get; } = [];
}
