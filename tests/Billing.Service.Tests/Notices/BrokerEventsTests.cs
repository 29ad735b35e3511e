using System.Net;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Ingestion;
using RabbitMQ.Client;

namespace Billing.Service.Tests.Notices;

/// <summary>Events go to the broker's exchange as they go to webhooks: tried again, given up, listed, replayed, under one id.</summary>
public sealed class BrokerEventsTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private readonly string _exchange = $"test-{Guid.NewGuid():N}";
    private TestBroker _broker = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _broker = await TestBroker.CreateAsync();
    }

    public async Task DisposeAsync()
    {
        await _broker.Channel.ExchangeDeleteAsync(_exchange);
        await _broker.DisposeAsync();
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task An_event_that_the_broker_does_not_take_waits_to_be_replayed_and_comes_under_the_same_id_however_often()
    {
        // an exchange of that name which is another one
        await _broker.Channel.ExchangeDeclareAsync(_exchange, ExchangeType.Direct, durable: true);
        (string, string)[] told = [.. _broker.Told(), ("broker-events", _exchange), ("events-source", "https://billing.example.jp"), ("webhook-backoff", "0,0")];
        await using var server = await Server.StartAsync(_database.ConnectionString, [("spool", _month.Folder), .. told]);
        await server.IngestAsync(_month);
        var given = await server.DeliveryAsync("broker", "failed");
        (given.Text("type"), given.GetProperty("attempts").GetInt32()).ShouldBe(("DeliveryCompleted", 3));
        given.Text("error").ShouldContain(_exchange);

        var config = _month.Write("settings.json", JsonSerializer.Serialize(told.ToDictionary(x => x.Item1, x => x.Item2)));
        var listed = await Command.RunAsync(_database.ConnectionString, "notices", "list", "--config", config);
        listed.Output.ShouldStartWith(given.Text("id"), customMessage: listed.All);
        listed.Output.ShouldEndWith("1 notice\n");
        (await Command.RunAsync(_database.ConnectionString, "notices", "replay", $"{Guid.NewGuid()}", "--config", config)).Code.ShouldBe(1);

        await _broker.Channel.ExchangeDeleteAsync(_exchange);
        await _broker.Channel.ExchangeDeclareAsync(_exchange, ExchangeType.Topic, durable: true);
        var queue = (await _broker.Channel.QueueDeclareAsync()).QueueName;
        await _broker.Channel.QueueBindAsync(queue, _exchange, "DeliveryCompleted");
        await using var consumer = await PythonConsumer.StartAsync(_broker.Channel, _exchange, "DeliveryCompleted");
        (await Command.RunAsync(_database.ConnectionString, "notices", "replay", "--all", "--config", config)).Output.ShouldBe("1 notice will be sent again.\n");
        var first = await TakeAsync(queue);
        await server.DeliveryAsync("broker", "delivered");
        using var customer = await server.ClientAsync([Roles.CustomerAdmin], "C-1001");
        await (await customer.GetAsync("/api/v1/webhooks/broker/deliveries")).ReadProblemAsync(HttpStatusCode.NotFound);

        await (await server.Http.PostAsync($"/api/v1/webhook-deliveries/{given.Text("id")}/redelivery", null)).ReadAsync(HttpStatusCode.Accepted);
        var again = await TakeAsync(queue);
        foreach (var message in (BasicGetResult[])[first, again])
        {
            var body = JsonDocument.Parse(message.Body).RootElement;
            EventSchemas.Faults(body).ShouldBeEmpty();
            (body.Text("id"), body.Text("source")).ShouldBe((given.Text("event"), "https://billing.example.jp"));
            var properties = message.BasicProperties;
            (properties.MessageId, properties.Type, properties.ContentType, properties.Persistent).ShouldBe((given.Text("event"), "DeliveryCompleted", "application/cloudevents+json", true));
        }

        // the one that ends it may not be acknowledged yet
        await _broker.Channel.BasicPublishAsync(_exchange, "DeliveryCompleted", """{ "source": "test", "id": "last", "type": "DeliveryCompleted", "subject": "none" }"""u8.ToArray());
        (await consumer.LineAsync()).ShouldStartWith($"{given.Text("event")} DeliveryCompleted deliveries/");
        (await consumer.LineAsync()).ShouldBe("last DeliveryCompleted none");
        (await consumer.EndAsync()).ShouldBeLessThanOrEqualTo(1u);
    }

    private async Task<BasicGetResult> TakeAsync(string queue)
    {
        BasicGetResult? taken = null;
        await Poll.UntilAsync("the event comes", async () => (taken = await _broker.Channel.BasicGetAsync(queue, autoAck: true)) is not null);
        return taken!;
    }
}
