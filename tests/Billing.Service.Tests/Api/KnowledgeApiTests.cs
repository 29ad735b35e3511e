using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Service.Tests.Access;

namespace Billing.Service.Tests.Api;

/// <summary>Contracts, tariffs and the reference over HTTP: read, changed for a version, refused by a rule.</summary>
public sealed class KnowledgeApiTests : IAsyncLifetime
{
    private readonly ServedDatabase _served = new();

    private HttpClient Http => _served.Server.Http;

    public Task InitializeAsync() => _served.InitializeAsync();

    public Task DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task A_contract_is_put_read_and_changed_for_the_version_that_was_read()
    {
        var path = "/api/v1/contracts/C-1";
        await (await PutAsync(path, Contract("C-1", "05033000001"))).ReadProblemAsync(HttpStatusCode.PreconditionRequired);
        var created = await PutAsync(path, Contract("C-1", "05033000001"), none: "*");
        (await created.ReadAsync()).Text("id").ShouldBe("C-1");
        await (await PutAsync(path, Contract("C-1", "05033000001"), none: "*")).ReadProblemAsync(HttpStatusCode.PreconditionFailed);

        var read = await Http.GetAsync(path);
        var tag = read.Headers.ETag!.Tag;
        tag.ShouldBe(created.Headers.ETag!.Tag);
        using var known = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { new EntityTagHeaderValue(tag) } } };
        (await Http.SendAsync(known)).StatusCode.ShouldBe(HttpStatusCode.NotModified);

        var changed = await PutAsync(path, Contract("C-1", "05033000001", name: "株式会社改称"), match: tag);
        (await changed.ReadAsync()).GetProperty("customer").Text("name").ShouldBe("株式会社改称");
        changed.Headers.ETag!.Tag.ShouldNotBe(tag);
        (await (await PutAsync(path, Contract("C-1", "05033000002"), match: tag)).ReadProblemAsync(HttpStatusCode.PreconditionFailed)).Text("rule").ShouldBe("version");
        (await (await Http.GetAsync($"{path}?at={tag.Trim('"')}")).ReadAsync()).GetProperty("customer").Text("name").ShouldBe("株式会社見本");
        var changes = await Http.ReadAllAsync($"{path}/changes", 1);
        changes.Select(change => change.Text("change")).ShouldBe(["contract_opened.v1", "number_assigned.v1", "customer_changed.v1"]);
        await (await Http.GetAsync($"{path}?at=99")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_rule_forbids_is_422_with_its_number_and_what_is_no_contract_400_with_its_path()
    {
        await (await PutAsync("/api/v1/contracts/C-1", Contract("C-1", "05033000001"), none: "*")).ReadAsync();
        (await (await PutAsync("/api/v1/contracts/C-2", Contract("C-2", "05033000001"), none: "*")).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("rule").ShouldBe("R58");
        (await (await PutAsync("/api/v1/contracts/C-9", Contract("C-2", "05033000002"), none: "*")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("id");
        (await (await PutAsync("/api/v1/contracts/C-2", """{ "id": "C-2", "service": "post" }""", none: "*")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("path").ShouldBe("$.service");
        (await (await PutAsync("/api/v1/contracts/C-2", Contract("C-2", "05033000002"), match: "W/\"1\"")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("If-Match");
        await (await Http.GetAsync("/api/v1/contracts/C-2")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Contracts_are_imported_together_listed_and_found_while_others_come()
    {
        var documents = string.Join(',', Enumerable.Range(1, 25).Select(i => Contract($"C-{i:D3}", $"050330001{i:D2}")));
        using var body = new StringContent($$"""{ "contracts": [ {{documents}} ] }""", Encoding.UTF8, "application/json");
        (await (await Http.PostAsync("/api/v1/contracts/imports", body)).ReadAsync()).GetProperty("contracts").EnumerateArray().ShouldAllBe(contract => contract.GetProperty("changes").GetInt32() == 2);

        var ids = (await Http.ReadAllAsync("/api/v1/contracts", 4, part => PutAsync($"/api/v1/contracts/C-{part * 4:D3}x", Contract($"C-{part * 4:D3}x", $"050330002{part:D2}"), none: "*"))).ConvertAll(entry => entry.Text("contract"));
        ids.ShouldBe(ids.Distinct().Order(StringComparer.Ordinal));
        Enumerable.Range(1, 25).Select(i => $"C-{i:D3}").ShouldBeSubsetOf(ids);
        (await Http.ReadAllAsync("/api/v1/contracts?number=05033000107", 10)).ShouldHaveSingleItem().Text("contract").ShouldBe("C-007");
        (await Http.ReadAllAsync("/api/v1/contracts?service=w-mode", 10)).ShouldBeEmpty();
        (await (await Http.GetAsync("/api/v1/contracts?service=post")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("service");
        (await (await Http.GetAsync("/api/v1/contracts?cursor=x")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("cursor");
        (await (await Http.GetAsync("/api/v1/contracts?limit=0")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("limit");
    }

    [Fact]
    public async Task A_deposit_is_recorded_once_for_the_version_that_was_read()
    {
        var tag = (await PutAsync("/api/v1/contracts/C-1", Contract("C-1", "05033000001"), none: "*")).Headers.ETag!.Tag;
        var deposit = """{ "kind": "received", "amount": "50000", "on": "2026-04-01" }""";
        await (await SendAsync(HttpMethod.Post, "/api/v1/contracts/C-1/deposits", deposit, null, null)).ReadProblemAsync(HttpStatusCode.PreconditionRequired);
        (await (await SendAsync(HttpMethod.Post, "/api/v1/contracts/C-1/deposits", deposit, tag, null)).ReadAsync()).GetProperty("deposits").EnumerateArray().ShouldHaveSingleItem().Text("amount").ShouldBe("50000");
        await (await SendAsync(HttpMethod.Post, "/api/v1/contracts/C-1/deposits", deposit, tag, null)).ReadProblemAsync(HttpStatusCode.PreconditionFailed);
        var read = await Http.GetAsync("/api/v1/contracts/C-1/deposits");
        (await read.ReadAsync()).GetProperty("deposits").GetArrayLength().ShouldBe(1);
        (await (await SendAsync(HttpMethod.Post, "/api/v1/contracts/C-1/deposits", deposit.Replace("50000", "0.5", StringComparison.Ordinal), read.Headers.ETag!.Tag, null)).ReadProblemAsync(HttpStatusCode.UnprocessableEntity)).Text("rule").ShouldBe("R13");
    }

    [Fact]
    public async Task A_tariff_is_reviewed_published_past_its_warnings_read_and_withdrawn()
    {
        var document = Encoding.UTF8.GetString(MonthFiles.Tariff);
        var tariff = JsonNode.Parse(document)!["tariffs"]![0]!;
        var (id, version) = (tariff["id"]!.GetValue<string>(), tariff["version"]!.GetValue<string>());
        var path = $"/api/v1/tariffs/{id}";

        var review = await SendAsync(HttpMethod.Post, $"{path}/reviews", document, null, null);
        (await review.ReadAsync()).GetProperty("published").GetBoolean().ShouldBeFalse();
        await (await Http.GetAsync(path)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await PutAsync($"{path}?acceptWarnings=true", document)).ReadProblemAsync(HttpStatusCode.PreconditionRequired);
        var published = await PutAsync($"{path}?acceptWarnings=true", document, match: review.Headers.ETag!.Tag);
        (await published.ReadAsync()).GetProperty("published").GetBoolean().ShouldBeTrue();
        await (await PutAsync($"{path}?acceptWarnings=true", document, match: review.Headers.ETag!.Tag)).ReadProblemAsync(HttpStatusCode.PreconditionFailed);

        (await (await Http.GetAsync(path)).ReadAsync()).GetProperty("tariffs").EnumerateArray().Select(entry => entry.Text("version")).ShouldContain(version);
        (await (await Http.GetAsync($"{path}/versions/{version}")).ReadAsync()).Text("version").ShouldBe(version);
        (await Http.ReadAllAsync("/api/v1/tariffs", 1)).Select(entry => entry.Text("version")).ShouldContain(version);
        await (await SendAsync(HttpMethod.Delete, $"{path}/versions/none", null, published.Headers.ETag!.Tag, null)).ReadProblemAsync(HttpStatusCode.NotFound);
        await (await SendAsync(HttpMethod.Delete, $"{path}/versions/{version}", null, "\"77\"", null)).ReadProblemAsync(HttpStatusCode.PreconditionFailed);
        (await SendAsync(HttpMethod.Delete, $"{path}/versions/{version}", null, published.Headers.ETag!.Tag, null)).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        await (await Http.GetAsync($"{path}/versions/{version}")).ReadProblemAsync(HttpStatusCode.NotFound);
        (await Http.ReadAllAsync($"{path}/changes", 1)).Select(change => change.Text("change")).ShouldContain("tariff_version_withdrawn.v1");
        (await (await PutAsync("/api/v1/tariffs/other", document, none: "*")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("id");
    }

    [Fact]
    public async Task The_reference_is_read_replaced_and_remembered()
    {
        var builtIn = await Http.GetAsync("/api/v1/reference");
        builtIn.Headers.ETag!.Tag.ShouldBe("\"0\"");
        var document = await File.ReadAllTextAsync(MonthFiles.Demo("reference.json"));
        await (await PutAsync("/api/v1/reference", document)).ReadProblemAsync(HttpStatusCode.PreconditionRequired);
        var published = await PutAsync("/api/v1/reference", document, match: "\"0\"");
        (await published.ReadAsync()).Text("homeCarrier").ShouldBe(JsonDocument.Parse(document).RootElement.Text("homeCarrier"));
        published.Headers.ETag!.Tag.ShouldBe("\"1\"");
        await (await PutAsync("/api/v1/reference", document, match: "\"0\"")).ReadProblemAsync(HttpStatusCode.PreconditionFailed);
        (await Http.ReadAllAsync("/api/v1/reference/changes", 1)).ShouldHaveSingleItem().Text("change").ShouldBe("reference_published.v1");
        await (await Http.GetAsync("/api/v1/reference?at=2")).ReadProblemAsync(HttpStatusCode.NotFound);
        (await (await PutAsync("/api/v1/reference", "{}", match: "\"1\"")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("detail").ShouldContain("homeCarrier");
    }

    private static string Contract(string id, string number, string name = "株式会社見本") =>
        $$"""{ "id": "{{id}}", "service": "biz", "customer": { "name": "{{name}}" }, "openedOn": "2026-04-01", "numbers": [ { "number": "{{number}}", "from": "2026-04-01" } ] }""";

    private Task<HttpResponseMessage> PutAsync(string path, string body, string? match = null, string? none = null) => SendAsync(HttpMethod.Put, path, body, match, none);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body, string? match, string? none)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (match is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", match);
        }

        if (none is not null)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", none);
        }

        return await Http.SendAsync(request);
    }
}
