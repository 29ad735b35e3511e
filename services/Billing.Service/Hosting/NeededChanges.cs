using JasperFx;
using Npgsql;
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

    public static async Task<NeededChanges> OfAsync(IDatabase part, NpgsqlConnection connection, CancellationToken cancellation)
    {
        var objects = part.AllObjects().ToArray();
        foreach (var table in objects.OfType<Table>())
        {
            table.AddOnlyMigrations = true;
        }

        foreach (var schemaObject in objects.OfType<ISchemaObjectWithPostProcessing>())
        {
            schemaObject.PostProcess(objects);
        }

        var found = await SchemaMigration.DetermineAsync(connection, part.Migrator, cancellation, objects);
        return new([.. found.Deltas.Where(delta => delta.Difference != SchemaPatchDifference.None)], part.Migrator);
    }

    public IEnumerable<SchemaDifference> Differences =>
        _changes.Select(delta => new SchemaDifference(delta.SchemaObject.Identifier.QualifiedName, delta.Difference == SchemaPatchDifference.Create));

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
            BuildIndexesBesideTheWork(change);
            using var writer = new StringWriter();
            new SchemaMigration(change).WriteAllUpdates(writer, _migrator, AutoCreate.CreateOrUpdate);

            // every second part lies between the marks of an index that is built beside the work
            var parts = writer.ToString().Split([IndexDefinition.IndexCreationBeginComment, IndexDefinition.IndexCreationEndComment], StringSplitOptions.TrimEntries);
            statements.AddRange(parts.Select((sql, index) => (Sql: sql, InTransaction: index % 2 == 0)).Where(part => part.Sql.Length > 0));
        }

        return statements;
    }

    /// <summary>Those of tables that are there; PostgreSQL builds none of a partitioned table so.</summary>
    private static void BuildIndexesBesideTheWork(ISchemaObjectDelta change)
    {
        if (change is TableDelta { Actual: not null, Expected: { Partitioning: null } expected })
        {
            foreach (var index in expected.Indexes)
            {
                index.IsConcurrent = true;
            }
        }
    }
}
