using Billing.Contracts.Events;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using NodaTime;
using Npgsql;
using NpgsqlTypes;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Access;

/// <summary>Makes the auditor's two lists from their events: who came to the door, and who saw numbers in full.</summary>
internal sealed class AuditTables : ProjectionBase, IProjection
{
    public const string ProjectionName = "audit";
    public const string Access = $"{BillingStore.Schema}.access_log";
    public const string Reveals = $"{BillingStore.Schema}.reveals";

    private const string AddAccess = $"insert into {Access} (event, at, kind, who, by, address, detail) values ($1, $2, $3, $4, $5, $6, $7)";
    private const string AddReveal = $"insert into {Reveals} (event, at, what, contract, reason, by) values ($1, $2, $3, $4, $5, $6)";

    public AuditTables()
    {
        Name = ProjectionName;
        foreach (var type in AccessKinds.Events)
        {
            IncludeType(type);
        }

        IncludeType<NumbersRevealed>();
        IncludeType<DisputeNumbersRevealed>();
        IncludeArchivedEvents = true;
        Options.DeleteDataInTableOnTeardown(Access);
        Options.DeleteDataInTableOnTeardown(Reveals);
    }

    public static void AddTables(StoreOptions options)
    {
        var access = new Table(Access);
        access.AddColumn("event", "uuid").AsPrimaryKey();
        access.AddColumn("at", "timestamptz").NotNull();
        access.AddColumn("kind", "text").NotNull();
        access.AddColumn("who", "text").NotNull();
        access.AddColumn("by", "text").AllowNulls();
        access.AddColumn("address", "text").AllowNulls();
        access.AddColumn("detail", "text").AllowNulls();
        access.Indexes.Add(new IndexDefinition("ix_access_log_at") { Columns = ["at", "event"] });
        access.Indexes.Add(new IndexDefinition("ix_access_log_who") { Columns = ["who", "at", "event"] });
        options.Storage.ExtendedSchemaObjects.Add(access);
        var reveals = new Table(Reveals);
        reveals.AddColumn("event", "uuid").AsPrimaryKey();
        reveals.AddColumn("at", "timestamptz").NotNull();
        reveals.AddColumn("what", "text").NotNull();
        reveals.AddColumn("contract", "text").AllowNulls();
        reveals.AddColumn("reason", "text").NotNull();
        reveals.AddColumn("by", "text").NotNull();
        reveals.Indexes.Add(new IndexDefinition("ix_reveals_at") { Columns = ["at", "event"] });
        options.Storage.ExtendedSchemaObjects.Add(reveals);
    }

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var rows = events.Select(Row).OfType<NpgsqlBatchCommand>().ToList();
        if (rows.Count > 0)
        {
            ((ITransactionParticipantRegistrar)operations).AddTransactionParticipant(new Write(rows));
        }

        return Task.CompletedTask;
    }

    private static NpgsqlBatchCommand? Row(IEvent happened) => happened.Data switch
    {
        NumbersRevealed e => Command(AddReveal, happened.Id, At(e.At, happened), Text(e.What), Text(e.Contract), Text(e.Reason), Text(e.By)),
        DisputeNumbersRevealed e => Command(
            AddReveal, happened.Id, At(e.At, happened), Text($"dispute {happened.StreamKey!["dispute-".Length..]}"), Text(null), Text(e.Reason), Text(e.By)),
        var data => AccessKinds.Of(data, happened.StreamKey!) is { } entry
            ? Command(AddAccess, happened.Id, entry.At.ToDateTimeUtc(), Text(entry.Kind), Text(entry.Who), Text(entry.By), Text(entry.Address), Text(entry.Detail))
            : null,
    };

    private static DateTime At(Instant? noted, IEvent happened) => noted?.ToDateTimeUtc() ?? happened.Timestamp.UtcDateTime;

    private static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private sealed class Write(List<NpgsqlBatchCommand> rows) : ITransactionParticipant
    {
        public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var row in rows)
            {
                batch.BatchCommands.Add(row);
            }

            await batch.ExecuteNonQueryAsync(token);
        }
    }
}
