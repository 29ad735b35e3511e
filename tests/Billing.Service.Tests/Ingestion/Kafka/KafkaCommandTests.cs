using System.Text.Json;
using Billing.Service.Hosting;
using Billing.Service.Ingestion.Kafka;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Ingestion;

/// <summary>What <c>billing kafka</c> and a server say when they can not do their work, and that they never say a property.</summary>
public sealed class KafkaCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("kafka", "127.0.0.1:1", 1, "billing: billing.cdr at 127.0.0.1:1: 127.0.0.1:1/bootstrap: Connect to ipv4#127.0.0.1:1 failed: Connection refused")]
    [InlineData("kafka-group", "billing", 1, "billing: no Kafka: set BILLING_KAFKA to its servers, such as host:9092")]
    [InlineData("kafka", "http://sesame-4711", 64, "billing: kafka: servers such as host:9092, separated by commas, are expected")]
    [InlineData("kafka-properties", "sasl.passwort=sesame-4711", 64, "billing: kafka-properties: No such configuration property: \"sasl.passwort\"", "127.0.0.1:1")]
    [InlineData("kafka-properties", "security.protocol=sesame-4711", 64, "billing: kafka-properties: Invalid value \"***\" for configuration property \"security.protocol\"", "127.0.0.1:1")]
    public async Task What_is_wrong_is_told_in_one_line_without_a_property_s_value(string name, string value, int code, string line, string? servers = null)
    {
        var settings = new Dictionary<string, string> { [name] = value };
        if (servers is not null)
        {
            settings["kafka"] = servers;
        }

        var ended = await RunAsync(settings, "kafka", "dead", "list");
        (ended.Code, ended.ErrorLine, ended.Output).ShouldBe((code, line, ""));
        (await RunAsync(settings, "config")).All.ShouldNotContain("sesame");
    }

    [Theory]
    [InlineData("kafka", "a:1,b c")]
    [InlineData("kafka-topic", "call records")]
    [InlineData("kafka-topic", "..")]
    [InlineData("kafka-at-once", "0")]
    [InlineData("kafka-held-bytes", "0")]
    [InlineData("kafka-properties", "sasl.username")]
    [InlineData("kafka-properties", "sasl.username=a;sasl.username=b")]
    [InlineData("kafka-properties", "enable.auto.commit=true")]
    [InlineData("kafka-properties", "group.id=other")]
    public void A_setting_out_of_its_bounds_is_refused(string name, string value) =>
        Should.Throw<SettingException>(() => Load((name, value))).Message.ShouldContain($"{name}: ");

    [Fact]
    public void Properties_stand_in_lines_or_between_semicolons()
    {
        Load(("kafka-properties", "a=1; b = x=y;")).Properties.ShouldBe(new Dictionary<string, string> { ["a"] = "1", ["b"] = "x=y" });
        Load(("kafka-properties", "a=1;2\nb=3\n")).Properties.ShouldBe(new Dictionary<string, string> { ["a"] = "1;2", ["b"] = "3" });
    }

    private static KafkaSettings Load(params (string Name, string Value)[] flags) => KafkaSettings.Of(BillingSettings.Load(flags.ToDictionary(x => x.Name, x => x.Value), _ => null, () => null));

    private async Task<Command.Ended> RunAsync(Dictionary<string, string> settings, params string[] arguments)
    {
        var config = Path.Combine(_folder, "kafka.json");
        await File.WriteAllTextAsync(config, JsonSerializer.Serialize(settings));
        return await Command.RunAsync(Command.Nowhere, [.. arguments, "--config", config]);
    }
}
