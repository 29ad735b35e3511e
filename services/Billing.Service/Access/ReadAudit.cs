using System.Buffers.Text;
using System.Globalization;
using System.Text;
using NodaTime;
using Npgsql;

namespace Billing.Service.Access;

/// <summary>Somebody saw numbers in full.</summary>
public sealed record RevealEntry(Instant At, string What, string? Contract, string Reason, string By);

/// <summary>What of a list of the auditor is asked for; null is all.</summary>
/// <param name="From">From this instant on.</param>
/// <param name="To">Before this instant.</param>
/// <param name="Who">The account or key it was done to or by.</param>
/// <param name="Kind">Access log: one of <see cref="AccessKinds.All"/>.</param>
/// <param name="Contract">Reveals: the contract whose numbers they are.</param>
/// <param name="After">Where the page before ended.</param>
public sealed record AuditFilter(Instant? From, Instant? To, string? Who, string? Kind, string? Contract, AuditCursor? After, int Take);

/// <summary>A place in a list of the auditor, newest first.</summary>
public sealed record AuditCursor(Instant At, Guid Event)
{
    /// <summary>The cursor as callers get it.</summary>
    public override string ToString() => Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{At.ToUnixTimeTicks()}/{Event:N}")));

    /// <summary>Reads a cursor; null when it is none.</summary>
    public static AuditCursor? TryRead(string text)
    {
        if (text.Length > 200 || !Base64Url.IsValid(text))
        {
            return null;
        }

        return Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('/') is [var ticks, var id]
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < Instant.MaxValue.ToUnixTimeTicks() && Guid.TryParseExact(id, "N", out var happened)
                ? new(Instant.FromUnixTimeTicks(at), happened)
                : null;
    }
}

/// <summary>One page, newest first.</summary>
/// <param name="Next">Where the next one begins; null at the end.</param>
public sealed record AuditPage<T>(IReadOnlyList<T> Entries, string? Next);

/// <summary>The auditor's lists: who came to the door, and who saw numbers in full.</summary>
public sealed class ReadAudit(NpgsqlDataSource database)
{
    /// <summary>The largest page.</summary>
    public const int Most = 500;

    public Task<AuditPage<AccessEntry>> AccessAsync(AuditFilter filter, CancellationToken cancellation)
    {
        var conditions = new Conditions();
        conditions.Add("(who = {0} or by = {0})", filter.Who);
        conditions.Add("kind = {0}", filter.Kind);
        return PageAsync(
            $"select at, event, kind, who, by, address, detail from {AuditTables.Access}", conditions, filter,
            row => new AccessEntry(At(row), row.GetString(2), row.GetString(3), Text(row, 4), Text(row, 5), Text(row, 6)), cancellation);
    }

    public Task<AuditPage<RevealEntry>> RevealsAsync(AuditFilter filter, CancellationToken cancellation)
    {
        var conditions = new Conditions();
        conditions.Add("by = {0}", filter.Who);
        conditions.Add("contract = {0}", filter.Contract);
        return PageAsync(
            $"select at, event, what, contract, reason, by from {AuditTables.Reveals}", conditions, filter,
            row => new RevealEntry(At(row), row.GetString(2), Text(row, 3), row.GetString(4), row.GetString(5)), cancellation);
    }

    private async Task<AuditPage<T>> PageAsync<T>(string select, Conditions conditions, AuditFilter filter, Func<NpgsqlDataReader, T> read, CancellationToken cancellation)
    {
        conditions.Add("at >= {0}", filter.From?.ToDateTimeUtc());
        conditions.Add("at < {0}", filter.To?.ToDateTimeUtc());
        if (filter.After is { } after)
        {
            conditions.Add("(at, event) < ({0}, {1})", [after.At.ToDateTimeUtc(), after.Event]);
        }

        await using var command = conditions.Query(select, $"order by at desc, event desc limit {filter.Take + 1}");
        await using var connection = await database.OpenConnectionAsync(cancellation);
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var entries = new List<T>();
        AuditCursor? last = null;
        while (await reader.ReadAsync(cancellation))
        {
            if (entries.Count == filter.Take)
            {
                return new AuditPage<T>(entries, last!.ToString());
            }

            entries.Add(read(reader));
            last = new AuditCursor(At(reader), reader.GetGuid(1));
        }

        return new AuditPage<T>(entries, null);
    }

    private static Instant At(NpgsqlDataReader row) => Instant.FromDateTimeUtc(row.GetDateTime(0));

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
