using Billing.Contracts.Events;
using Billing.Service.EventLog;
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

    /// <summary>Numbers in a dispute's file are those of its contract.</summary>
    private const string AddDisputeReveal =
        $"insert into {Reveals} (event, at, what, contract, reason, by) values ($1, $2, 'dispute ' || $3, (select contract from {BillingStore.Schema}.disputes where id = $3), $4, $5)";

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
        access.Indexes.Add(new IndexDefinition("ix_access_log_by") { Columns = ["by", "at", "event"], Predicate = "by is not null" });
        options.Storage.ExtendedSchemaObjects.Add(access);
        var reveals = new Table(Reveals);
        reveals.AddColumn("event", "uuid").AsPrimaryKey();
        reveals.AddColumn("at", "timestamptz").NotNull();
        reveals.AddColumn("what", "text").NotNull();
        reveals.AddColumn("contract", "text").AllowNulls();
        reveals.AddColumn("reason", "text").NotNull();
        reveals.AddColumn("by", "text").NotNull();
        reveals.Indexes.Add(new IndexDefinition("ix_reveals_at") { Columns = ["at", "event"] });
        reveals.Indexes.Add(new IndexDefinition("ix_reveals_by") { Columns = ["by", "at", "event"] });
        reveals.Indexes.Add(new IndexDefinition("ix_reveals_contract") { Columns = ["contract", "at", "event"], Predicate = "contract is not null" });
        options.Storage.ExtendedSchemaObjects.Add(reveals);
    }

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        RowStatements.Enlist(operations, [.. events.Select(Row).OfType<NpgsqlBatchCommand>()]);
        return Task.CompletedTask;
    }

    private static NpgsqlBatchCommand? Row(IEvent happened) => happened.Data switch
    {
        NumbersRevealed e => RowStatements.Of(AddReveal, happened.Id, At(e.At, happened), RowStatements.Text(e.What), RowStatements.Text(e.Contract), RowStatements.Text(e.Reason), RowStatements.Text(e.By)),
        DisputeNumbersRevealed e => RowStatements.Of(
            AddDisputeReveal, happened.Id, At(e.At, happened), RowStatements.Text(happened.StreamKey!["dispute-".Length..]), RowStatements.Text(e.Reason), RowStatements.Text(e.By)),
        var data => AccessKinds.Of(data, happened.StreamKey!) is { } entry
            ? RowStatements.Of(AddAccess, happened.Id, entry.At.ToDateTimeUtc(), RowStatements.Text(entry.Kind), RowStatements.Text(entry.Who), RowStatements.Text(entry.By), RowStatements.Text(entry.Address), RowStatements.Text(entry.Detail))
            : null,
    };

    private static DateTime At(Instant? noted, IEvent happened) => noted?.ToDateTimeUtc() ?? happened.Timestamp.UtcDateTime;
}
