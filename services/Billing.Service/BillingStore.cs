using System.Text.Json;
using Billing.Contracts.Json;
using JasperFx;
using JasperFx.Events;
using JasperFx.OpenTelemetry;
using Marten;
using Npgsql;
using Weasel.Core;

namespace Billing.Service;

/// <summary>
/// The event store and read tables of the service, put together from the capabilities. Everything lies in the schema
/// <c>billing</c>; JSON is written by one set of options, which the bulk append shares.
/// </summary>
public static class BillingStore
{
    public const string Schema = "billing";

    /// <summary>How events and documents are stored; the bulk append writes the same bytes.</summary>
    public static JsonSerializerOptions Json { get; } = CreateJson();

    /// <summary>The store of one database.</summary>
    /// <param name="createSchema">False in production: nothing of the schema is changed at run time.</param>
    public static void Configure(StoreOptions options, NpgsqlDataSource database, bool createSchema)
    {
        options.Connection(database);
        Configure(options, createSchema);
    }

    /// <summary>A store whose databases are said elsewhere.</summary>
    public static void Configure(StoreOptions options, bool createSchema)
    {
        options.DatabaseSchemaName = Schema;
        options.AutoCreateSchemaObjects = createSchema ? AutoCreate.CreateOrUpdate : AutoCreate.None;
        options.UseSystemTextJsonForSerialization(Json, EnumStorage.AsString, Casing.CamelCase);

        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.AppendMode = EventAppendMode.Quick;
        // one event per identity: this index is what makes a call impossible to bill twice
        options.Events.EnableUniqueIndexOnEventId = true;
        // a projection that an error has stopped says so in its row of progress, which every process can read
        options.Events.EnableExtendedProgressionTracking = true;

        // money: an event that cannot be applied stops its projection, it is never passed over
        options.Projections.Errors.SkipApplyErrors = false;
        options.Projections.Errors.SkipSerializationErrors = false;
        options.Projections.Errors.SkipUnknownEvents = false;
        options.Projections.RebuildErrors.SkipApplyErrors = false;
        options.Projections.RebuildErrors.SkipSerializationErrors = false;
        options.Projections.RebuildErrors.SkipUnknownEvents = false;

        options.OpenTelemetry.TrackConnections = TrackLevel.Normal;
        options.OpenTelemetry.TrackEventCounters();

        Knowledge.Configuration.Configure(options);
        Subscriptions.Configuration.Configure(options);
        Tariffs.Configuration.Configure(options);
        Ingestion.Configuration.Configure(options);
        Usage.Configuration.Configure(options);
        Invoicing.Configuration.Configure(options);
        Disputes.Configuration.Configure(options);
        Notices.Configuration.Configure(options);
        Access.Configuration.Configure(options);
        Sharding.Configuration.Configure(options);
    }

    private static JsonSerializerOptions CreateJson()
    {
        var options = new JsonSerializerOptions();
        BillingJson.Apply(options);
        return options;
    }
}
