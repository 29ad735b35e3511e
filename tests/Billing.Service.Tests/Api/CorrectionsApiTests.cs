using System.Net;
using System.Text;
using Billing.Service.Access;
using Billing.Service.Api;
using Billing.Service.Tests.Corrections;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Api;

/// <summary><c>POST /api/v1/calls/corrections</c> and <c>/api/v1/deliveries/{file}/rollback</c>: the effect first, and written when asked for.</summary>
public sealed class CorrectionsApiTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task Calls_are_corrected_and_a_delivery_is_rolled_back_over_http()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        var receipt = await world.DeliverAsync("wrong.csv",
            [world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "b"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T12:00:00", id: "c")]);
        await using var server = await Server.StartAsync(world.Database.ConnectionString);
        const string document = """{ "corrections": [ { "call": "sw-1/a", "void": true }, { "call": "sw-1/b", "facts": { "calledNumber": "09012345678" } } ] }""";

        var looked = await (await PostAsync(server, "calls/corrections?reason=clock&by=finance", document)).ReadAsync();
        looked.GetProperty("written").GetBoolean().ShouldBeFalse();
        (await world.CountEventsAsync("call_voided.v1")).ShouldBe(0);
        var written = await (await PostAsync(server, "calls/corrections?reason=clock&by=finance&write=true", document)).ReadAsync();
        written.GetProperty("effects")[0].Text("after").ShouldBe("24");
        (await world.Database.ScalarAsync<string>("select string_agg(class || ' ' || charge, ',' order by record_id) from billing.rated_calls")).ShouldBe("mobile 16,fixed 8");

        var problem = await (await PostAsync(server, "calls/corrections?reason=clock&by=finance&write=true", document)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        problem.Text("detail").ShouldContain("sw-1/a was voided before");
        (await (await PostAsync(server, "calls/corrections?by=finance", document)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("detail").ShouldContain("a reason is needed");
        (await (await PostAsync(server, "calls/corrections?reason=x&by=y", """{ "corrections": [ { "call": "sw-1/a", "zap": 1 } ] }""")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity))
            .Text("detail").ShouldContain("zap");

        var rolledBack = await (await PostAsync(server, $"deliveries/{receipt.Sha256}/rollback?reason=wrong&by=finance&write=true", "")).ReadAsync();
        rolledBack.GetProperty("calls").GetInt64().ShouldBe(2);
        rolledBack.GetProperty("isWhole").GetBoolean().ShouldBeTrue();
        (await PostAsync(server, "deliveries/ffffff/rollback?reason=wrong&by=finance&write=true", "")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_invoiced_is_corrected_and_rerated_by_documents_over_http()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00", id: "a"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00", id: "b"));
        await world.IssueAsync(BilledWorld.September);
        await world.PublishAsync(RerateUsageTests.FixedAt("6"));
        await using var server = await Server.StartAsync(world.Database.ConnectionString);
        const string document = """{ "corrections": [ { "call": "sw-1/a", "void": true } ] }""";

        (await (await PostAsync(server, "calls/corrections?reason=clock&by=finance&write=true", document)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("rule").ShouldBe("§8");
        (await (await PostAsync(server, "calls/corrections?reason=clock&by=finance&invoiceAs=cash", document)).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("invoiceAs");
        var voided = await (await PostAsync(server, "calls/corrections?reason=clock&by=finance&invoiceAs=credit-note&write=true", document)).ReadAsync();
        voided.GetProperty("adjustments")[0].Text("document").ShouldBe("202609-C-1-CN1");

        (await (await PostAsync(server, "usage/reratings?month=soon&reason=price&by=finance", "")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("month");
        var refused = await (await PostAsync(server, "usage/reratings?month=2026-09&reason=price&by=finance&write=true", "")).ReadAsync();
        refused.GetProperty("refused")[0].Text("contract").ShouldBe("C-1");
        var rerated = await (await PostAsync(server, "usage/reratings?month=2026-09&reason=price&by=finance&invoiceAs=adjustment&write=true", "")).ReadAsync();
        rerated.GetProperty("adjustments")[0].Text("document").ShouldBe("202609-C-1-ADJ1");
        rerated.GetProperty("adjustments")[0].GetProperty("lines")[0].Text("amount").ShouldBe("-2");
    }

    [Theory]
    [InlineData(typeof(CorrectCallsEndpoint))]
    [InlineData(typeof(RerateUsageEndpoint))]
    [InlineData(typeof(RollBackDeliveryEndpoint))]
    public void Only_finance_corrects(Type endpoint) =>
        endpoint.GetMethod("Post")!.GetCustomAttributes(typeof(ForRolesAttribute), false).Cast<ForRolesAttribute>().Single().Roles.ShouldBe([Roles.Finance]);

    private static Task<HttpResponseMessage> PostAsync(Server server, string path, string body) =>
        server.Http.PostAsync($"/api/v1/{path}", new StringContent(body, Encoding.UTF8, "application/json"));
}
