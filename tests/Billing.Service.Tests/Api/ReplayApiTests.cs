using System.Net;
using System.Reflection;
using System.Text;
using Billing.Service.Access;
using Billing.Service.Api;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Api;

/// <summary>Proofs and replays over HTTP.</summary>
public sealed class ReplayApiTests(ReplayApiTests.Served served) : IClassFixture<ReplayApiTests.Served>
{
    private const string Number = "05033000001";

    [Fact]
    public async Task An_issued_invoice_is_proved_with_its_digests()
    {
        var proof = await (await served.Server.Http.GetAsync("/api/v1/invoices/202610-C-1/replay")).ReadAsync();

        proof.Text("number").ShouldBe("202610-C-1");
        proof.Text("recomputed").ShouldBe(proof.Text("digest"));
        proof.TryGetProperty("fault", out _).ShouldBeFalse();
        (await (await served.Server.Http.GetAsync("/api/v1/invoices/202610-C-9/replay")).ReadProblemAsync(HttpStatusCode.NotFound)).Text("detail").ShouldContain("202610-C-9");
    }

    [Fact]
    public async Task A_month_is_replayed_with_the_documents_of_the_body()
    {
        var tariff = Tariff().Replace("\"16\"", "\"20\"", StringComparison.Ordinal);
        var result = await (await PostAsync($$"""{ "month": "2026-10", "contract": "C-1", "tariff": {{tariff}}, "corrections": { "corrections": [ { "call": "sw-1/r000002", "void": true } ] } }""")).ReadAsync();

        result.Text("difference").ShouldBe("-13");
        result.GetProperty("contracts")[0].Text("baseline").ShouldBe("202610-C-1");
        result.GetProperty("calls").GetProperty("changes").GetProperty("rated-to-voided").GetInt64().ShouldBe(1);
        (await (await PostAsync("""{ "month": "2026-10", "asOf": "now" }""")).ReadAsync()).Text("difference").ShouldBe("0");
    }

    [Theory]
    [InlineData("""{ "month": "2026-10", "tarif": {} }""", "replay: $.tarif: unknown member 'tarif'")]
    [InlineData("""{ "contract": "C-1" }""", "replay: $: missing required member 'month'")]
    [InlineData("""{ "month": "2026-10", "asOf": "yesterday" }""", "replay: $.asOf: ")]
    [InlineData("""{ "month": "2026-10", "tariff": { "tariffs": [] } }""", "tariff: $.tariffs: the document holds no version")]
    [InlineData("""{ "month": "2026-10", "corrections": { "corrections": [ { "call": "x" } ] } }""", "corrections: $.corrections[0].call: SOURCE/ID is expected")]
    [InlineData("""{ "month": "2026-10", "contract": "C-9" }""", "there is no contract C-9")]
    public async Task What_can_not_be_replayed_is_a_422_with_the_path(string body, string detail) =>
        (await (await PostAsync(body)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("detail").ShouldStartWith(detail);

    [Fact]
    public async Task A_body_larger_than_documents_are_is_not_taken()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/replays")
        {
            Content = new StringContent($$"""{ "month": "2026-10", "contract": "{{new string('x', 9 << 20)}}" }""", Encoding.UTF8, "application/json"),
            Headers = { ExpectContinue = true },
        };
        var response = await served.Server.Http.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public void Replays_are_for_disputes_finance_and_auditors() =>
        typeof(ReplayEndpoints).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(endpoint => endpoint.GetCustomAttribute<ForRolesAttribute>()!.Roles)
            .ShouldAllBe(roles => roles.SequenceEqual(new[] { Roles.Dispute, Roles.Finance, Roles.Auditor }));

    private Task<HttpResponseMessage> PostAsync(string json) =>
        served.Server.Http.PostAsync("/api/v1/replays", new StringContent(json, Encoding.UTF8, "application/json"));

    /// <summary>One contract with an issued month, served.</summary>
    public sealed class Served : IAsyncLifetime
    {
        private BilledWorld _world = null!;

        internal Server Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            _world = await NewAsync(Contract("C-1", Number));
            await _world.IngestAsync(_world.Call(Number, Mobile, "2026-10-03T10:00:00"), _world.Call(Number, Mobile, "2026-10-04T10:00:00"));
            await _world.IssueAsync(October);
            Server = await Server.StartAsync(_world.Database.ConnectionString);
        }

        public async Task DisposeAsync()
        {
            await Server.DisposeAsync();
            await _world.DisposeAsync();
        }
    }
}
