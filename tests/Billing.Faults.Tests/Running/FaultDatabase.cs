using System.Text.Json;
using Billing.Faults.Tests.Calls;
using Npgsql;

namespace Billing.Faults.Tests.Running;

/// <summary>A database of a test, dropped afterwards, and the command working on it.</summary>
internal sealed class FaultDatabase : IAsyncDisposable
{
    private readonly DatabaseServer _server;
    private readonly string _name;
    private readonly NpgsqlDataSource _source;

    /// <param name="user">Another user than the server's own.</param>
    public FaultDatabase(DatabaseServer server, string name, string? user = null, string? password = null)
    {
        (_server, _name) = (server, name);
        var address = new NpgsqlConnectionStringBuilder(server.Named(name));
        if (user is not null)
        {
            (address.Username, address.Password) = (user, password);
        }

        ConnectionString = address.ConnectionString;
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
    }

    public string ConnectionString { get; }

    public BillingProcess Start(params ReadOnlySpan<string> arguments) =>
        BillingProcess.Start(new Dictionary<string, string> { ["BILLING_DB"] = ConnectionString }, arguments);

    /// <summary>Runs the command to its end.</summary>
    public async Task<Ended> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.EndAsync();
    }

    /// <summary>Runs the command to its end, which must be a good one.</summary>
    public async Task<string> DoneAsync(params string[] arguments)
    {
        var ended = await RunAsync(arguments);
        ended.Code.ShouldBe(0, $"billing {string.Join(' ', arguments)}: {ended.All}");
        return ended.Output;
    }

    /// <summary>Makes known what calls are rated with: reference, tariff and the made-up contracts.</summary>
    public async Task PrepareAsync()
    {
        using var folder = new WorkFolder();
        await DoneAsync("reference", "load", Checkout.At("deploy/demo/reference.json"));
        await DoneAsync("tariffs", "publish", Checkout.At("services/Billing.Rating/BuiltIn/sample-tariff.json"), "--yes");
        await DoneAsync("contracts", "import", folder.Write("contracts.json", MadeUp.ContractsDocument()));
    }

    /// <summary>A key that may deliver call records.</summary>
    public async Task<string> MakeKeyAsync() =>
        (await DoneAsync("keys", "create", "switch", "--roles", "pipeline")).Split('\n').Single(line => line.StartsWith("bill_", StringComparison.Ordinal));

    /// <summary>Takes files in and returns the receipts.</summary>
    public async Task<IReadOnlyList<Receipt>> IngestAsync(params string[] files) => Receipt.Read(await DoneAsync(["ingest", "--json", .. files]));

    /// <summary>The first row of a query, all columns as they come; null when there is none.</summary>
    public async Task<object[]?> RowAsync(string sql)
    {
        await using var connection = await _source.OpenConnectionAsync();
        return await new Watch(connection).RowAsync(sql);
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<long> CountAsync(string sql) => Convert.ToInt64((await RowAsync(sql))![0], System.Globalization.CultureInfo.InvariantCulture);

    public async Task<string> TextAsync(string sql) => Convert.ToString((await RowAsync(sql))![0], System.Globalization.CultureInfo.InvariantCulture)!;

    public async Task<JsonElement> JsonAsync(params string[] arguments) => JsonDocument.Parse(await DoneAsync([.. arguments, "--json"])).RootElement;

    /// <summary>A connection that stays open, to look again and again.</summary>
    public async Task<Watch> WatchAsync() => new(await _source.OpenConnectionAsync());

    public Task DropAsync() => _server.DropAsync(_name);

    public async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await DropAsync();
    }
}

/// <summary>Looks into a database again and again.</summary>
internal sealed class Watch(NpgsqlConnection connection) : IAsyncDisposable
{
    public async Task<object[]?> RowAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
        {
            return null;
        }

        var row = new object[reader.FieldCount];
        reader.GetValues(row);
        return row;
    }

    public async Task<bool> HoldsAsync(string condition) => (bool)(await RowAsync($"select coalesce(({condition}), false)"))![0];

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
