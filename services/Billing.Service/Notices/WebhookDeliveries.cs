using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Notices;

/// <summary>A notice on its way to a subscription, or to the broker.</summary>
/// <param name="Subscription">Where to: a subscription, or <see cref="EventExchange.Target"/>.</param>
/// <param name="Event">The id of the notice, as in <c>webhook-id</c>.</param>
/// <param name="State"><c>pending</c>, <c>delivered</c> or <c>failed</c>: given up.</param>
/// <param name="Attempts">Attempts since it was created or sent again.</param>
/// <param name="NextAttemptAt">When it is tried again; absent when it is not.</param>
/// <param name="Status">The status of the last answer; absent when there was none.</param>
/// <param name="Error">Why there was no answer.</param>
public sealed record WebhookDelivery(
    Guid Id, Guid Subscription, string Event, string Type, string State, int Attempts, Instant CreatedAt, Instant? LastAttemptAt, Instant? NextAttemptAt, int? Status, string? Error)
{
    public const string Pending = "pending";
    public const string Delivered = "delivered";
    public const string Failed = "failed";

    internal long Notice => long.Parse(Event.AsSpan("evt_".Length), System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>Keeps the deliveries of webhooks.</summary>
internal static class WebhookDeliveries
{
    internal const string Table = $"{BillingStore.Schema}.webhook_deliveries";

    private const string SetAgain = $"update {Table} set state = '{WebhookDelivery.Pending}', attempts = 0, next_attempt_at = null";
    private const string Columns = $"select id, subscription, notice, type, state, attempts, created_at, last_attempt_at, next_attempt_at, status, error from {Table}";

    /// <summary>A part of the deliveries, newest first.</summary>
    public static async Task<List<WebhookDelivery>> PartAsync(NpgsqlDataSource database, Guid subscription, string? state, Guid? before, int most, CancellationToken cancel)
    {
        await using var command = Part(subscription, state, before, most);
        await using var connection = await database.OpenConnectionAsync(cancel);
        command.Connection = connection;
        return await ReadAsync(command, cancel);
    }

    /// <summary>The deliveries in a state, wherever they go, newest first.</summary>
    public static async Task<IReadOnlyList<WebhookDelivery>> InStateAsync(NpgsqlDataSource database, string state, int most, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} where state = $1 order by id desc limit {most}");
        command.Parameters.Add(new NpgsqlParameter { Value = state });
        return await ReadAsync(command, cancel);
    }

    public static async Task<WebhookDelivery?> FindAsync(NpgsqlDataSource database, Guid id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return (await ReadAsync(command, cancel)).FirstOrDefault();
    }

    /// <summary>Notes an attempt.</summary>
    public static async Task NoteAsync(NpgsqlDataSource database, WebhookDelivery delivery, WebhookAnswer answer, string state, Instant now, Instant? next, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            $"update {Table} set attempts = attempts + 1, state = $2, status = $3, error = $4, last_attempt_at = $5, next_attempt_at = $6 where id = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = delivery.Id });
        command.Parameters.Add(new NpgsqlParameter { Value = state });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)answer.Status ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Integer });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)answer.Error ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.Add(new NpgsqlParameter { Value = now.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)next?.ToDateTimeUtc() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Makes a delivery that has ended pending again; false when it is pending.</summary>
    public static async Task<bool> BeginAgainAsync(NpgsqlConnection connection, Guid id, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"{SetAgain} where id = $1 and state <> '{WebhookDelivery.Pending}'", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>Those that were given up begin again, in the caller's transaction.</summary>
    /// <param name="ids">Which ones; null for all.</param>
    /// <returns>The ids of those that do.</returns>
    public static async Task<List<Guid>> BeginGivenUpAgainAsync(NpgsqlConnection connection, IReadOnlyCollection<Guid>? ids, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"{SetAgain} where state = '{WebhookDelivery.Failed}' and ($1::uuid[] is null or id = any($1)) returning id", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)ids?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid });
        var begun = new List<Guid>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            begun.Add(reader.GetGuid(0));
        }

        return begun;
    }

    internal static NpgsqlCommand Part(Guid subscription, string? state, Guid? before, int most)
    {
        var conditions = new Conditions();
        conditions.Add("subscription = {0}", subscription);
        conditions.Add("state = {0}", state);
        conditions.Add("id < {0}", before);
        return conditions.Query(Columns, $"order by id desc limit {most}");
    }

    private static async Task<List<WebhookDelivery>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var deliveries = new List<WebhookDelivery>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            deliveries.Add(new WebhookDelivery(
                reader.GetGuid(0), reader.GetGuid(1), $"evt_{reader.GetInt64(2)}", reader.GetString(3), reader.GetString(4), reader.GetInt32(5), At(6)!.Value, At(7), At(8),
                reader.IsDBNull(9) ? null : reader.GetInt32(9), reader.IsDBNull(10) ? null : reader.GetString(10)));
        }

        return deliveries;

        Instant? At(int column) => reader.IsDBNull(column) ? null : Instant.FromDateTimeUtc(reader.GetDateTime(column));
    }
}
