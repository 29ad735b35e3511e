using System.Text.Json;
using Billing.Service.Hosting;
using Billing.Service.Ingestion.Broker;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Ingestion;

/// <summary>What <c>billing broker</c> says when it can not do its work, and that it never says the password.</summary>
public sealed class BrokerCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("amqp://billing:sesame-4711@127.0.0.1:1", 1, "billing: billing.cdr at 127.0.0.1:1: the broker can not be reached: Connection refused")]
    [InlineData("amqps://billing:sesame-4711@127.0.0.1:1/billing", 1, "billing: billing.cdr at 127.0.0.1:1: the broker can not be reached: Connection refused")]
    [InlineData("http://billing:sesame-4711@127.0.0.1", 64, "billing: broker: an address such as amqp://user:password@host:5672 is expected")]
    [InlineData("sesame-4711", 64, "billing: broker: an address such as amqp://user:password@host:5672 is expected")]
    public async Task A_broker_that_is_not_there_is_told_in_one_line_without_its_password(string address, int code, string line)
    {
        var ended = await RunAsync(address, "broker", "dead", "list");
        (ended.Code, ended.ErrorLine, ended.Output).ShouldBe((code, line, ""));
    }

    [Fact]
    public async Task Who_may_not_enter_is_told_so()
    {
        var ended = await RunAsync(new UriBuilder(TestBroker.Address) { Password = "sesame-4711" }.Uri.ToString(), "broker", "send", "calls.csv");
        ended.Code.ShouldBe(1);
        ended.ErrorLine.ShouldContain("ACCESS_REFUSED");
        ended.All.ShouldNotContain("sesame");
    }

    [Fact]
    public async Task Without_a_broker_it_is_said_what_to_do()
    {
        var ended = await RunAsync(null, "broker", "send", "calls.csv");
        (ended.Code, ended.ErrorLine).ShouldBe((1, "billing: no broker: set BILLING_BROKER to an address such as amqp://user:password@host:5672"));
    }

    [Fact]
    public async Task The_address_is_shown_without_user_and_password()
    {
        var ended = await RunAsync("amqps://billing:sesame-4711@broker.example/calls", "config");
        ended.Output.ShouldContain("amqps://***@broker.example:5671/calls  [configuration file]");
        ended.All.ShouldNotContain("sesame");
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_not_sent()
    {
        await using var broker = await TestBroker.CreateAsync();
        var ended = await broker.RunAsync(_folder, "send", Path.Combine(_folder, "nowhere.csv"));
        ended.Code.ShouldBe(1, ended.All);
        (await broker.LyingAsync()).ShouldBe(0u);
    }

    [Theory]
    [InlineData("broker-queue", "amq.calls")]
    [InlineData("broker-prefetch", "0")]
    [InlineData("broker-prefetch", "1001")]
    public void A_setting_out_of_its_bounds_is_refused(string name, string value) =>
        Should.Throw<SettingException>(() => BrokerSettings.Of(BillingSettings.Load(new Dictionary<string, string> { [name] = value }, _ => null, () => null)));

    private async Task<Command.Ended> RunAsync(string? address, params string[] arguments)
    {
        var config = Path.Combine(_folder, "broker.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(address is null ? [] : new Dictionary<string, string> { ["broker"] = address }));
        return await Command.RunAsync(Command.Nowhere, [.. arguments, "--config", config]);
    }
}
