using System.Data.Common;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;
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

        /// <summary>Beside the work: the marks say that it needs no transaction.</summary>
        public void WriteCreateStatement(Migrator migrator, TextWriter writer)
        {
            writer.WriteLine(IndexDefinition.IndexCreationBeginComment);
            writer.WriteLine($"create index concurrently if not exists {Name} on {BillingStore.Schema}.mt_events (stream_id, version) where type in ({EventTypes.ChangesOfCalls});");
            writer.WriteLine(IndexDefinition.IndexCreationEndComment);
        }

        public void WriteDropStatement(Migrator rules, TextWriter writer) => writer.WriteLine($"drop index if exists {BillingStore.Schema}.{Name};");

        public void ConfigureQueryCommand(DbCommandBuilder builder) => builder.Append(
            $"select indisvalid from pg_index where indexrelid = to_regclass('{BillingStore.Schema}.{Name}');");

        /// <summary>One whose making was cut short is there and not valid: it is made anew.</summary>
        public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct = default)
        {
            var isThere = await reader.ReadAsync(ct);
            return new SchemaObjectDelta(this, !isThere ? SchemaPatchDifference.Create : reader.GetBoolean(0) ? SchemaPatchDifference.None : SchemaPatchDifference.Update);
        }

        public IEnumerable<DbObjectName> AllNames() => [Identifier];
    }
}
