using Marten;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Knowledge;

/// <summary>
/// What is known, and since when: every change of a contract, tariff or reference table takes the next number of
/// <c>knowledge_log</c> in its own transaction, one after the other. A call event carries the number it was rated with, so
/// that a replay sees exactly what was known then.
/// </summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        KnowledgeStreams.MapEventTypes(options);
        options.Listeners.Add(new KnowledgeLog());

        // one row; its lock is held until commit, so numbers are given in the order of commits and without holes
        var counter = new Table($"{BillingStore.Schema}.knowledge_counter");
        counter.AddColumn("id", "integer").AsPrimaryKey();
        counter.AddColumn("no", "bigint").NotNull();

        var log = new Table($"{BillingStore.Schema}.knowledge_log");
        log.AddColumn("no", "bigint").AsPrimaryKey();
        log.AddColumn("stream_id", "varchar").NotNull();
        log.AddColumn("version", "bigint").NotNull();
        log.AddColumn("known_at", "timestamptz").NotNull();
        log.Indexes.Add(new IndexDefinition("ix_knowledge_log_stream") { Columns = ["stream_id", "no"] });

        options.Storage.ExtendedSchemaObjects.Add(counter);
        options.Storage.ExtendedSchemaObjects.Add(log);
    }
}
