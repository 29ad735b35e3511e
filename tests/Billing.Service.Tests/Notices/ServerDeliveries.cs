using System.Text.Json;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Notices;

/// <summary>Makes a server tell its webhooks something, and waits for what becomes of it.</summary>
internal static class ServerDeliveries
{
    /// <summary>Sends a few calls, so that a file is complete.</summary>
    public static async Task IngestAsync(this Server server, MonthFiles month)
    {
        using var body = new ByteArrayContent(await File.ReadAllBytesAsync(month.Write("calls.csv", month.Rows.Take(5))));
        await (await server.Http.PostAsync("/api/v1/cdr-batches?file=calls.csv", body)).ReadAsync();
    }

    /// <summary>The latest delivery of a subscription, once all of it are in the state.</summary>
    public static async Task<JsonElement> DeliveryAsync(this Server server, string subscription, string state)
    {
        JsonElement delivery = default;
        await Poll.UntilAsync($"the delivery is {state}", async () =>
        {
            var deliveries = await server.Http.ReadAllAsync($"/api/v1/webhooks/{subscription}/deliveries", 10);
            delivery = deliveries.FirstOrDefault();
            return deliveries.Count > 0 && deliveries.All(entry => entry.Text("state") == state);
        });
        return delivery;
    }
}
