using RabbitMQ.Client;

namespace Billing.Faults.Tests.Running;

/// <summary>A queue of a test on the broker that BILLING_TEST_BROKER names, and the command working on it; gone afterwards.</summary>
internal sealed class BrokerQueue : IAsyncDisposable
{
    private readonly string _name = $"faults-{Guid.NewGuid():N}";

    private static string Address => Environment.GetEnvironmentVariable("BILLING_TEST_BROKER") is { Length: > 0 } address
        ? address
        : throw new InvalidOperationException("BILLING_TEST_BROKER is not set: `make test` sets it, or take the answer of `deploy/rabbitmq.sh url --name test`.");

    /// <summary>Starts a command that takes messages of this queue into a database, or sends to it.</summary>
    public BillingProcess Start(FaultDatabase database, params ReadOnlySpan<string> arguments) => BillingProcess.Start(
        new Dictionary<string, string>
        {
            ["BILLING_DB"] = database.ConnectionString,
            ["BILLING_BROKER"] = Address,
            ["BILLING_BROKER_QUEUE"] = _name,
            ["BILLING_URLS"] = "http://127.0.0.1:0",
        },
        arguments);

    /// <summary>Runs it to its end, which must be a good one.</summary>
    public async Task<string> DoneAsync(FaultDatabase database, params string[] arguments)
    {
        using var process = Start(database, arguments);
        var ended = await process.EndAsync();
        ended.Code.ShouldBe(0, ended.All);
        return ended.Output;
    }

    /// <summary>How many messages lie in the queue, and how many were put aside.</summary>
    public async Task<(uint Lying, uint Dead)> CountAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Address) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return (await channel.MessageCountAsync(_name), await channel.MessageCountAsync($"{_name}.dead"));
    }

    public async ValueTask DisposeAsync()
    {
        await using var connection = await new ConnectionFactory { Uri = new Uri(Address) }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        await channel.QueueDeleteAsync(_name);
        await channel.QueueDeleteAsync($"{_name}.dead");
    }
}
