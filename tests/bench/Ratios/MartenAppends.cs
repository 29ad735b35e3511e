using Billing.Contracts.Events;
using Billing.Service;
using JasperFx;
using JasperFx.Events;
using Marten;
using Npgsql;
using Weasel.Core;

namespace Billing.Bench.Ratios;

/// <summary>Marten's own ways to append the same events to the same table, without any projection beside.</summary>
internal static class MartenAppends
{
    public static async Task AppendAsync(NpgsqlDataSource database, EventAppendMode mode, IReadOnlyList<(string Stream, CallRecorded Recorded)> calls, int eventsOfASave)
    {
        using var store = new DocumentStore(Options(database, mode));
        foreach (var save in calls.Chunk(eventsOfASave))
        {
            await using var session = store.LightweightSession();
            foreach (var stream in save.GroupBy(call => call.Stream))
            {
                session.Events.Append(stream.Key, stream.Select(call => (object)call.Recorded));
            }

            await session.SaveChangesAsync();
        }
    }

    private static StoreOptions Options(NpgsqlDataSource database, EventAppendMode mode)
    {
        var options = new StoreOptions();
        options.Connection(database);
        options.DatabaseSchemaName = BillingStore.Schema;
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.UseSystemTextJsonForSerialization(BillingStore.Json, EnumStorage.AsString, Casing.CamelCase);
        options.Events.StreamIdentity = StreamIdentity.AsString;
        options.Events.AppendMode = mode;
        options.Events.EnableUniqueIndexOnEventId = true;
        options.Events.MapEventType<CallRecorded>("call_recorded.v1");
        return options;
    }
}
