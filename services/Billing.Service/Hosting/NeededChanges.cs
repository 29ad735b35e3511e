using JasperFx;
using Weasel.Core;
using Weasel.Core.Migrations;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Hosting;

/// <summary>
/// What this program needs changed in a database. A column, index or foreign key that it does not know belongs to another version, which may be
/// running beside it: it is no difference and stays, while Weasel by itself would drop it.
/// </summary>
internal sealed class NeededChanges
{
    private readonly IReadOnlyList<ISchemaObjectDelta> _changes;
    private readonly Migrator _migrator;

    private NeededChanges(IReadOnlyList<ISchemaObjectDelta> changes, Migrator migrator) => (_changes, _migrator) = (changes, migrator);

    public static async Task<NeededChanges> OfAsync(IDatabase part, CancellationToken cancellation)
    {
        var found = await part.CreateMigrationAsync(cancellation);
        return new([.. found.Deltas.Select(WithoutOthers).Where(delta => delta.Difference != SchemaPatchDifference.None)], part.Migrator);
    }

    public IEnumerable<SchemaDifference> Differences => _changes
        .Where(delta => delta.SchemaObject.Identifier.Name != "Schemas")
        .Select(delta => new SchemaDifference(delta.SchemaObject.Identifier.QualifiedName, delta.Difference == SchemaPatchDifference.Create));

    /// <summary>The changes as SQL in their order, each to be run in a transaction of its own, or without one.</summary>
    /// <exception cref="SchemaMigrationException">Something would have to be dropped and made anew, with its rows.</exception>
    public IReadOnlyList<(string Sql, bool InTransaction)> Statements()
    {
        var statements = new List<(string, bool)>();
        if (_changes.Count > 0)
        {
            using var schemas = new StringWriter();
            _migrator.WriteSchemaCreationSql(new SchemaMigration(_changes).Schemas, schemas);
            statements.Add((schemas.ToString(), true));
        }

        foreach (var change in _changes)
        {
            using var writer = new StringWriter();
            new SchemaMigration(change).WriteAllUpdates(writer, _migrator, AutoCreate.CreateOrUpdate);

            // every second part lies between the marks of an index that is built beside the work
            var parts = writer.ToString().Split([IndexDefinition.IndexCreationBeginComment, IndexDefinition.IndexCreationEndComment], StringSplitOptions.TrimEntries);
            statements.AddRange(parts.Select((sql, index) => (Sql: sql, InTransaction: index % 2 == 0)).Where(part => part.Sql.Length > 0));
        }

        return statements;
    }

    private static ISchemaObjectDelta WithoutOthers(ISchemaObjectDelta delta)
    {
        if (delta is not TableDelta { Actual: { } actual, Expected: var expected, Difference: not SchemaPatchDifference.None })
        {
            return delta;
        }

        foreach (var column in actual.Columns.Where(column => !expected.HasColumn(column.Name)).ToList())
        {
            actual.RemoveColumn(column.Name);
        }

        foreach (var index in actual.Indexes.Where(index => !expected.HasIndex(index.Name)).ToList())
        {
            actual.Indexes.Remove(index);
        }

        foreach (var key in actual.ForeignKeys.Where(key => expected.ForeignKeys.All(known => !known.Name.Equals(key.Name, StringComparison.OrdinalIgnoreCase))).ToList())
        {
            actual.ForeignKeys.Remove(key);
        }

        // PostgreSQL builds no index of a partitioned table beside the work
        foreach (var index in expected.Indexes.Where(_ => expected.Partitioning is null))
        {
            index.IsConcurrent = true;
        }

        return new TableDelta(expected, actual);
    }
}
