using Billing.Formats.Containers;
using Billing.Rating.Calls;
using Billing.Rating.Records;
using Billing.Service.EventLog;
using Billing.Service.Ingestion;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>
/// Finds where each row of a file goes: to the shard of the contract that pays; what nobody can be charged for yet, and what is no call, to the main database. The
/// first record of an identity settles it for all that come after it, before anything is written: so two copies, whatever they say and whoever brings them, meet in one database.
/// </summary>
internal sealed class RouteFile(NpgsqlDataSource main, CallRater rater, ContractPlaces places)
{
    private const int BatchRows = 60_000;

    private const string Claim =
        $"""
        insert into {Configuration.RecordShards} (id, shard) select distinct on (id) id, shard from claims order by id, place on conflict (id) do nothing
        """;

    /// <summary>Rows whose records went elsewhere when they first came.</summary>
    private const string Elsewhere =
        $"select c.place, r.shard from claims c join {Configuration.RecordShards} r using (id) where r.shard <> c.shard";

    private readonly CopyBuffer _claims = new();
    private readonly byte[] _shards = new byte[BatchRows];
    private int _rows;

    public async Task<FileRoutes> RunAsync(ICdrLines lines, CdrParser parser, CancellationToken cancel)
    {
        var routes = new FileRoutes();
        await using var connection = await main.OpenConnectionAsync(cancel);
        await using (var create = new NpgsqlCommand("create temp table if not exists claims (id uuid, shard integer, place integer)", connection))
        {
            await create.ExecuteNonQueryAsync(cancel);
        }

        while (Fill(lines, parser, routes))
        {
            await ClaimAsync(connection, cancel);
            routes.Add(_shards.AsSpan(0, _rows));
        }

        return routes;
    }

    /// <summary>Reads the next rows; false when there are none.</summary>
    private bool Fill(ICdrLines lines, CdrParser parser, FileRoutes routes)
    {
        _rows = 0;
        _claims.Clear();
        while (_rows < BatchRows && lines.TryRead(out var line))
        {
            if (!FileRoutes.IsRow(line, lines.Row))
            {
                continue;
            }

            _shards[_rows] = Place(lines, line, parser, routes);
            _rows++;
        }

        return _rows > 0;
    }

    private byte Place(ICdrLines lines, ReadOnlySpan<byte> line, CdrParser parser, FileRoutes routes)
    {
        if (lines.IsCut || lines.Row is { Fate: not (Formats.RowFate.Call or Formats.RowFate.Suspended) })
        {
            return 0;
        }

        var row = parser.Parse(line);
        if (row.Reject != Contracts.RejectReason.None)
        {
            return 0;
        }

        var shard = lines.Row?.Fate == Formats.RowFate.Suspended ? 0 : rater.PayerOf(row.Facts) is { } contract ? places.Of(contract.Id) : 0;
        _claims.BeginRow(3);
        _claims.Uuid(CallEventId.Of(row, CallIdentity.Of(row)));
        _claims.Int4(shard);
        _claims.Int4(_rows);
        if (lines.Row is { Half: { } half } whole)
        {
            routes.Resolved.Add((half.Id, whole.Suspense != Contracts.SuspenseReason.OtherHalfMissing, whole.Line));
        }

        return (byte)shard;
    }

    private async Task ClaimAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        if (_claims.Rows == 0)
        {
            return;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (var empty = new NpgsqlCommand("truncate claims", connection))
        {
            await empty.ExecuteNonQueryAsync(cancel);
        }

        await _claims.SendAsync(connection, "copy claims (id, shard, place) from stdin (format binary)", cancel);
        await using (var claim = new NpgsqlCommand(Claim, connection) { CommandTimeout = 0 })
        {
            await claim.ExecuteNonQueryAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        await using var elsewhere = new NpgsqlCommand(Elsewhere, connection) { CommandTimeout = 0 };
        await using var reader = await elsewhere.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            _shards[reader.GetInt32(0)] = (byte)reader.GetInt32(1);
        }
    }
}
