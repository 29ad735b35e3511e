using Billing.Formats.Joining;
using Npgsql;

namespace Billing.Service.Ingestion;

/// <summary>The halves of calls that came with earlier files of a profile. Nobody else adds to them while a file of the profile is taken in.</summary>
internal sealed class StoredHalves : EarlierHalves
{
    private readonly NpgsqlDataSource _database;

    private StoredHalves(NpgsqlDataSource database, IReadOnlyList<CallHalf> waiting)
    {
        _database = database;
        Waiting = waiting;
    }

    public override IReadOnlyList<CallHalf> Waiting { get; }

    public static async Task<StoredHalves> LoadAsync(NpgsqlDataSource database, string profile, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return new StoredHalves(database, await CallHalves.WaitingAsync(connection, profile, until: null, cancel));
    }

    public override IReadOnlySet<Guid> Known(IReadOnlyCollection<Guid> ids) => CallHalves.Known(_database, ids);
}
