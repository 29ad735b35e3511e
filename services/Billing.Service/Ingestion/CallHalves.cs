using System.Text.Json;
using Billing.Formats.Joining;
using NodaTime;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Ingestion;

/// <summary>The half of a call that waits for its other half.</summary>
/// <param name="Until">When it is suspended if the other half has not come.</param>
public sealed record PendingHalf(long Delivery, string File, long Line, string Profile, string Source, string Role, Instant Since, Instant Until);

/// <summary>
/// Keeps the halves of calls in the table <c>call_halves</c>: written with the delivery that brought them, marked in the transaction that makes the
/// call of them. None is ever removed, so that a copy of one is known.
/// </summary>
internal static class CallHalves
{
    private const string Name = $"{BillingStore.Schema}.call_halves";

    public static Table Table()
    {
        var table = new Table(Name);
        table.AddColumn("delivery", "bigint").AsPrimaryKey();
        table.AddColumn("line", "bigint").AsPrimaryKey();
        table.AddColumn("id", "uuid").NotNull();
        table.AddColumn("profile", "text").NotNull();
        table.AddColumn("source", "text").NotNull();
        table.AddColumn("key", "text").NotNull();
        table.AddColumn("role", "text").NotNull();
        table.AddColumn("columns", "jsonb").NotNull();
        table.AddColumn("since", "timestamptz").NotNull();
        table.AddColumn("until", "timestamptz").NotNull();
        table.AddColumn("state", "text").NotNull();
        table.AddColumn("resolved_delivery", "bigint").AllowNulls();
        table.AddColumn("resolved_line", "bigint").AllowNulls();
        table.Indexes.Add(new IndexDefinition("ux_call_halves_id") { Columns = ["id"], IsUnique = true, Predicate = "state <> 'rolled-back'" });
        table.Indexes.Add(new IndexDefinition("ix_call_halves_waiting") { Columns = ["profile", "until"], Predicate = "state = 'waiting'" });
        return table;
    }

    /// <summary>Writes what a part says of halves, within its transaction.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, BatchPart part, DateTime now, CancellationToken cancel)
    {
        await ResolveAsync(connection, part.Resolved, part.Context.Delivery, cancel);
        if (part.Waiting.Count > 0)
        {
            await InsertAsync(connection, part, now, cancel);
        }
    }

    /// <summary>Halves wait no longer; whoever waits already no longer stays as it is.</summary>
    public static async Task ResolveAsync(NpgsqlConnection connection, IReadOnlyCollection<(Guid Half, bool IsJoined, long Line)> resolved, long delivery, CancellationToken cancel)
    {
        if (resolved.Count == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            $"""
            update {Name} h set state = case when r.joined then 'joined' else 'timed-out' end, resolved_delivery = $3, resolved_line = r.line
            from unnest($1::uuid[], $2::boolean[], $4::bigint[]) as r(id, joined, line) where h.id = r.id and h.state = 'waiting'
            """,
            connection);
        Add(command, resolved.Select(half => half.Half).ToArray(), resolved.Select(half => half.IsJoined).ToArray(), delivery, resolved.Select(half => half.Line).ToArray());
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What a file that is rolled back left waiting goes; what it completed waits again.</summary>
    public static async Task RollBackAsync(NpgsqlConnection connection, string sha256, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            update {Name} set state = 'rolled-back' where state = 'waiting' and delivery in (select no from {BillingStore.Schema}.deliveries where sha256 = @sha);
            update {Name} set state = 'waiting', resolved_delivery = null, resolved_line = null
            where state in ('joined', 'timed-out') and resolved_delivery in (select no from {BillingStore.Schema}.deliveries where sha256 = @sha)
            """,
            connection);
        command.Parameters.AddWithValue("sha", sha256);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The halves of a profile that wait, oldest first.</summary>
    /// <param name="until">Only those whose time is over then.</param>
    public static async Task<List<CallHalf>> WaitingAsync(NpgsqlConnection connection, string profile, DateTime? until, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select source, key, role, line, columns::text from {Name} where state = 'waiting' and profile = $1 and until <= coalesce($2, 'infinity'::timestamptz) order by until, delivery, line", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = profile });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)until ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        return await ReadAsync(command, cancel);
    }

    private static async Task<List<CallHalf>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var halves = new List<CallHalf>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            halves.Add(new CallHalf(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(4))!));
        }

        return halves;
    }

    /// <summary>The halves of a profile that were suspended and might still meet their other half.</summary>
    public static async Task<List<CallHalf>> TimedOutAsync(NpgsqlConnection connection, string profile, DateTime since, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"select source, key, role, line, columns::text from {Name} where state = 'timed-out' and profile = $1 and until > $2 order by until, delivery, line", connection);
        Add(command, profile, since);
        return await ReadAsync(command, cancel);
    }

    /// <summary>A half that was suspended waits again, within the caller's transaction.</summary>
    /// <returns>The suspended record that it became and the stream that holds it; null when somebody has voided it.</returns>
    public static async Task<(Guid Id, string Stream)?> ReopenAsync(NpgsqlConnection connection, Guid half, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            with half as (select resolved_delivery, resolved_line from {Name} where id = $1 and state = 'timed-out' for update),
              again as (update {Name} set state = 'waiting', resolved_delivery = null, resolved_line = null where id = $1 and state = 'timed-out')
            select s.id, s.stream_id from {BillingStore.Schema}.suspense s join half on s.delivery = half.resolved_delivery and s.line = half.resolved_line
            where s.released_as is null
            """,
            connection);
        Add(command, half);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (reader.GetGuid(0), reader.GetString(1)) : null;
    }

    /// <summary>All halves that wait, those first whose time is over first.</summary>
    public static async Task<List<PendingHalf>> PendingAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"""
            select h.delivery, d.file, h.line, h.profile, h.source, h.role, h.since, h.until from {Name} h join {BillingStore.Schema}.deliveries d on d.no = h.delivery
            where h.state = 'waiting' order by h.until, h.delivery, h.line
            """);
        var halves = new List<PendingHalf>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            halves.Add(new PendingHalf(
                reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3), reader.GetString(4), reader.GetString(5),
                Instant.FromDateTimeUtc(reader.GetDateTime(6)), Instant.FromDateTimeUtc(reader.GetDateTime(7))));
        }

        return halves;
    }

    /// <summary>Which of these ids came before and were not rolled back.</summary>
    public static HashSet<Guid> Known(NpgsqlDataSource database, IReadOnlyCollection<Guid> ids)
    {
        using var command = database.CreateCommand($"select id from {Name} where id = any($1) and state <> 'rolled-back'");
        command.Parameters.Add(new NpgsqlParameter { Value = ids.ToArray() });
        using var reader = command.ExecuteReader();
        var known = new HashSet<Guid>();
        while (reader.Read())
        {
            known.Add(reader.GetGuid(0));
        }

        return known;
    }

    /// <summary>The profiles that have halves whose time is over, each as it was when the last of its files came.</summary>
    public static async Task<List<string>> OverdueProfilesAsync(NpgsqlConnection connection, DateTime now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select (select d.profile_document::text from {BillingStore.Schema}.deliveries d where d.profile = h.profile order by d.no desc limit 1)
            from (select distinct profile from {Name} where state = 'waiting' and until <= $1) h order by h.profile
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { Value = now });
        var profiles = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            profiles.Add(reader.GetString(0));
        }

        return profiles;
    }

    private static async Task InsertAsync(NpgsqlConnection connection, BatchPart part, DateTime now, CancellationToken cancel)
    {
        var profile = part.Context.Profile!;
        await using var insert = new NpgsqlCommand(
            $"""
            insert into {Name} (delivery, line, id, profile, source, key, role, columns, since, until, state)
            select $1, line, id, $2, source, key, role, columns::jsonb, $3, $4, 'waiting'
            from unnest($5::bigint[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[]) as h(line, id, source, key, role, columns)
            """,
            connection);
        Add(insert, part.Context.Delivery, profile.Name, now, now.AddHours(profile.Document.Join!.WaitHours),
            part.Waiting.Select(half => half.Line).ToArray(), part.Waiting.Select(half => half.Id).ToArray(), part.Waiting.Select(half => half.Source).ToArray(),
            part.Waiting.Select(half => half.Key).ToArray(), part.Waiting.Select(half => half.Role).ToArray(),
            part.Waiting.Select(half => JsonSerializer.Serialize(half.Columns)).ToArray());
        await insert.ExecuteNonQueryAsync(cancel);
    }

    private static void Add(NpgsqlCommand command, params ReadOnlySpan<object> values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }
    }
}
