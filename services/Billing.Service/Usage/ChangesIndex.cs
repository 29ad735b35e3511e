using System.Data.Common;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using DbCommandBuilder = Weasel.Core.DbCommandBuilder;

namespace Billing.Service.Usage;

/// <summary>
/// An index over the few events that change what is made of a call (<see cref="EventTypes.ChangesOfCalls"/>): a stream may hold a
/// million calls, and they are found without reading one of these. It stands on Marten's table of events, which Marten is
/// told to leave alone.
/// </summary>
internal sealed class ChangesIndex() : FeatureSchemaBase("billing changes of calls", new PostgresqlMigrator())
{
    public const string Name = "ix_mt_events_changes_of_calls";

    protected override IEnumerable<ISchemaObject> schemaObjects() => [new Index()];

    private sealed class Index : ISchemaObject
    {
        public DbObjectName Identifier { get; } = new PostgresqlObjectName(BillingStore.Schema, Name, SchemaUtils.IdentifierUsage.General);

        public void WriteCreateStatement(Migrator migrator, TextWriter writer) => writer.WriteLine(
            $"create index if not exists {Name} on {BillingStore.Schema}.mt_events (stream_id, version) where type in ({EventTypes.ChangesOfCalls});");

        public void WriteDropStatement(Migrator rules, TextWriter writer) => writer.WriteLine($"drop index if exists {BillingStore.Schema}.{Name};");

        public void ConfigureQueryCommand(DbCommandBuilder builder) => builder.Append(
            $"select 1 from pg_indexes where schemaname = '{BillingStore.Schema}' and indexname = '{Name}';");

        public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct = default) =>
            new SchemaObjectDelta(this, await reader.ReadAsync(ct) ? SchemaPatchDifference.None : SchemaPatchDifference.Create);

        public IEnumerable<DbObjectName> AllNames() => [Identifier];
    }
}
