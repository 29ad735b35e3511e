using System.Data.Common;
using Marten;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;
using DbCommandBuilder = Weasel.Core.DbCommandBuilder;

namespace Billing.Service.Sharding;

/// <summary>
/// Contracts spread over several databases. The main database holds what is known, which contract is where, and where each record went; a shard
/// holds the calls, invoices and disputes of its contracts, and a copy of what is known. All of them have the same schema; these tables are empty where nothing is spread.
/// </summary>
internal static class Configuration
{
    public const string Shards = $"{BillingStore.Schema}.shards";
    public const string ContractShards = $"{BillingStore.Schema}.contract_shards";
    public const string ThisShard = $"{BillingStore.Schema}.this_shard";
    public const string RecordShards = $"{BillingStore.Schema}.record_shards";
    public const string RoutedFiles = $"{BillingStore.Schema}.routed_files";
    public const string MovedCalls = $"{BillingStore.Schema}.moved_calls";
    public const string MovedDeliveries = $"{BillingStore.Schema}.moved_deliveries";
    public const string ToldElsewhere = $"{BillingStore.Schema}.told_elsewhere";
    public const string MovedDisputes = $"{BillingStore.Schema}.moved_disputes";

    public static void Configure(StoreOptions options)
    {
        foreach (var table in (Table[])[ShardsTable(), ContractShardsTable(), ThisShardTable(), RecordShardsTable(), RoutedFilesTable(), MovedCallsTable(), MovedDeliveriesTable(), ToldElsewhereTable(), MovedDisputesTable()])
        {
            options.Storage.ExtendedSchemaObjects.Add(table);
        }

        options.Storage.Add(new StreamGuard());
    }

    /// <summary>The databases, in the main one; number 0 is the main database itself. How to connect to the others says Marten's table of tenants.</summary>
    private static Table ShardsTable()
    {
        var table = new Table(Shards);
        table.AddColumn("no", "integer").AsPrimaryKey();
        table.AddColumn("name", "text").NotNull();
        // whether contracts that have no place yet may get one here
        table.AddColumn("takes_contracts", "boolean").NotNull();
        table.AddColumn("added_at", "timestamptz").NotNull();
        table.Indexes.Add(new IndexDefinition("ux_shards_name") { Columns = ["name"], IsUnique = true });
        return table;
    }

    /// <summary>Which contract is where; <c>changed</c> counts up with every change, so that copies know what they lack.</summary>
    private static Table ContractShardsTable()
    {
        var table = new Table(ContractShards);
        table.AddColumn("contract", "text").AsPrimaryKey();
        table.AddColumn("shard", "integer").NotNull();
        table.AddColumn("moving_to", "integer").AllowNulls();
        table.AddColumn("changed", "bigint").NotNull();
        table.Indexes.Add(new IndexDefinition("ix_contract_shards_changed") { Columns = ["changed"] });
        return table;
    }

    /// <summary>In a shard: which one it is. No row in the main database.</summary>
    private static Table ThisShardTable()
    {
        var table = new Table(ThisShard);
        table.AddColumn("no", "integer").AsPrimaryKey();
        table.AddColumn("name", "text").NotNull();
        return table;
    }

    /// <summary>Where the first record of each identity went, in the main database: whatever has the same identity goes there too, so that it is found to be a copy.</summary>
    private static Table RecordShardsTable()
    {
        var table = new Table(RecordShards);
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("shard", "integer").NotNull();
        return table;
    }

    /// <summary>Files that were taken in over all shards, in the main database, with the receipt of the whole.</summary>
    private static Table RoutedFilesTable()
    {
        var table = new Table(RoutedFiles);
        table.AddColumn("sha256", "text").AsPrimaryKey();
        table.AddColumn("file", "text").NotNull();
        table.AddColumn("begun_at", "timestamptz").NotNull();
        table.AddColumn("completed_at", "timestamptz").AllowNulls();
        table.AddColumn("rows", "bigint").NotNull().DefaultValue(0);
        table.AddColumn("receipt", "jsonb").AllowNulls();
        table.Indexes.Add(new IndexDefinition("ix_routed_files_open") { Columns = ["begun_at"], Predicate = "completed_at is null" });
        return table;
    }

    /// <summary>
    /// Calls that came from another shard or went to one, a row for each move in each of the two databases; <c>accepted</c> counts those that
    /// rows of this database's files had become here.
    /// </summary>
    private static Table MovedCallsTable()
    {
        var table = new Table(MovedCalls);
        table.AddColumn("move", "uuid").AsPrimaryKey();
        table.AddColumn("direction", "text").NotNull();
        table.AddColumn("contract", "text").NotNull();
        table.AddColumn("shard", "integer").NotNull();
        table.AddColumn("calls", "bigint").NotNull();
        table.AddColumn("accepted", "bigint").NotNull();
        table.AddColumn("events", "bigint").NotNull();
        table.AddColumn("digest", "text").NotNull();
        table.AddColumn("moved_at", "timestamptz").NotNull();
        return table;
    }

    /// <summary>Deliveries of other shards whose calls are here now.</summary>
    private static Table MovedDeliveriesTable()
    {
        var table = new Table(MovedDeliveries);
        table.AddColumn("no", "bigint").AsPrimaryKey();
        table.AddColumn("file", "text").NotNull();
        table.AddColumn("sha256", "text").NotNull();
        table.AddColumn("received_at", "timestamptz").NotNull();
        table.AddColumn("rolled_back_at", "timestamptz").AllowNulls();
        table.Indexes.Add(new IndexDefinition("ix_moved_deliveries_file") { Columns = ["sha256"] });
        return table;
    }

    /// <summary>Disputes that went to another shard with their contract: their ids are not given again.</summary>
    private static Table MovedDisputesTable()
    {
        var table = new Table(MovedDisputes);
        table.AddColumn("id", "text").AsPrimaryKey();
        return table;
    }

    /// <summary>Events that came with a contract and were told to the outside where they happened: their numbers here.</summary>
    private static Table ToldElsewhereTable()
    {
        var table = new Table(ToldElsewhere);
        table.AddColumn("seq_id", "bigint").AsPrimaryKey();
        return table;
    }

    /// <summary>
    /// Refuses a new stream of a contract whose place is another database, whoever begins it: all that is written for a contract is on streams of its own, and those
    /// of a contract that has moved away are gone. A contract without a place gets it in the main database when something is begun for it there. Asleep, and free of cost, where nothing is spread (<see cref="Awake"/>).
    /// </summary>
    private sealed class StreamGuard() : FeatureSchemaBase("billing stream guard", new PostgresqlMigrator())
    {
        protected override IEnumerable<ISchemaObject> schemaObjects() => [new Trigger()];

        private sealed class Trigger : ISchemaObject
        {
            public DbObjectName Identifier { get; } = new PostgresqlObjectName(BillingStore.Schema, GuardName, SchemaUtils.IdentifierUsage.General);

            public void WriteCreateStatement(Migrator migrator, TextWriter writer) => writer.WriteLine(
                $"""
                create or replace function {BillingStore.Schema}.{GuardName}() returns trigger language plpgsql as $guard$
                declare
                  here constant integer := (select no from {ThisShard});
                  contracts text[];
                  elsewhere record;
                begin
                  if current_setting('billing.moving', true) = 'on' then return null; end if;
                  contracts := array(select distinct c from (select case
                    when starts_with(begun.id, 'usage-') then substr(left(begun.id, -8), 7)
                    when starts_with(begun.id, 'invoice-') then substr(left(begun.id, -8), 9)
                    when starts_with(begun.id, 'limit-alerts-') then substr(begun.id, 14) end as c from begun) named where c is not null);
                  if here is null and exists (select from unnest(contracts) c where c not in (select contract from {ContractShards} where contract = any(contracts))) then
                    perform pg_advisory_xact_lock(hashtextextended('{ContractShards}', 0));
                    insert into {ContractShards} (contract, shard, changed)
                    select c, 0, (select coalesce(max(changed), 0) + 1 from {ContractShards}) from unnest(contracts) c on conflict do nothing;
                  end if;
                  select c as contract, p.shard into elsewhere
                  from unnest(contracts) c left join {ContractShards} p on p.contract = c where p.shard is distinct from coalesce(here, 0) limit 1;
                  if found then
                    raise exception 'contract % is on shard %', elsewhere.contract, coalesce(elsewhere.shard::text, 'none yet') using errcode = '{ElsewhereState}';
                  end if;
                  return null;
                end $guard$;
                do $$ begin
                  if not exists (select from pg_trigger where tgrelid = '{BillingStore.Schema}.mt_streams'::regclass and tgname = '{GuardName}') then
                    create trigger {GuardName} after insert on {BillingStore.Schema}.mt_streams referencing new table as begun
                      for each statement execute function {BillingStore.Schema}.{GuardName}();
                    alter table {BillingStore.Schema}.mt_streams disable trigger {GuardName};
                  end if;
                end $$;
                """);

            public void WriteDropStatement(Migrator rules, TextWriter writer) =>
                writer.WriteLine($"drop function if exists {BillingStore.Schema}.{GuardName}() cascade;");

            public void ConfigureQueryCommand(DbCommandBuilder builder) => builder.Append(
                $"select true from pg_trigger where tgrelid = to_regclass('{BillingStore.Schema}.mt_streams') and tgname = '{GuardName}';");

            public async Task<ISchemaObjectDelta> CreateDeltaAsync(DbDataReader reader, CancellationToken ct = default) =>
                new SchemaObjectDelta(this, await reader.ReadAsync(ct) ? SchemaPatchDifference.None : SchemaPatchDifference.Create);

            public IEnumerable<DbObjectName> AllNames() => [Identifier];
        }
    }

    private const string GuardName = "refuse_streams_of_other_shards";

    /// <summary>The server's code for a stream that belongs to another database.</summary>
    public const string ElsewhereState = "BL001";

    /// <summary>Wakes the guard of a database that is one of several from now on.</summary>
    public const string Awake = $"alter table {BillingStore.Schema}.mt_streams enable trigger {GuardName}";
}
