using System.Net;
using System.Text.Json;
using Billing.Service.Api.Describing;
using Billing.Service.Hosting;
using Billing.Service.Tests.Access;
using Microsoft.AspNetCore.Builder;

namespace Billing.Service.Tests.Api;

/// <summary>The description of the API is that of the code, complete, and readable without the rest of the world.</summary>
public sealed class OpenApiTests(ServedDatabase served) : IClassFixture<ServedDatabase>
{
    private static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];

    [Fact]
    public async Task The_committed_description_is_that_of_the_code()
    {
        var committed = (await File.ReadAllTextAsync(Path.Combine(MonthFiles.Root, "contracts", "openapi.json"))).ReplaceLineEndings("\n");
        await using var host = (WebApplication)BillingHost.Build(Hosting.Server.Settings("Host=127.0.0.1;Port=1;Username=x;Database=x"), HostMode.Framework);
        var written = await OpenApiDescription.WriteAsync(host.Services, CancellationToken.None);
        (written == committed).ShouldBeTrue("contracts/openapi.json is not what the code says: `make build`, then `.local/bin/billing openapi contracts/openapi.json`, and look at the difference.");
    }

    [Fact]
    public async Task Every_operation_is_described_whole()
    {
        var document = await DocumentAsync();
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.1");
        var tags = document.GetProperty("tags").EnumerateArray().Select(tag => tag.Text("name")).ToHashSet();
        var ids = new HashSet<string>();
        var faults = new List<string>();
        foreach (var (name, operation) in Operations(document))
        {
            Check(operation.TryGetProperty("summary", out var summary) && summary.GetString()!.Length > 0, "no summary");
            Check(operation.TryGetProperty("operationId", out var id) && ids.Add(id.GetString()!), "no operationId, or one that is taken");
            Check(operation.TryGetProperty("tags", out var named) && named.GetArrayLength() == 1 && tags.Contains(named[0].GetString()!), "not one tag of the document");
            CheckParameters(operation);
            CheckBody(operation);
            CheckResponses(operation);

            void Check(bool holds, string fault)
            {
                if (!holds)
                {
                    faults.Add($"{name}: {fault}");
                }
            }

            void CheckParameters(JsonElement of)
            {
                if (of.TryGetProperty("parameters", out var parameters))
                {
                    foreach (var parameter in parameters.EnumerateArray())
                    {
                        var said = parameter.Text("name");
                        Check(parameter.TryGetProperty("description", out var text) && text.GetString()!.Length > 0, $"parameter {said} is not described");
                        Check(parameter.TryGetProperty("schema", out _), $"parameter {said} has no schema");
                        Check(parameter.Text("in") != "path" || name.Contains($"{{{said}}}", StringComparison.Ordinal), $"parameter {said} is in no path");
                    }
                }
            }

            void CheckBody(JsonElement of)
            {
                if (of.TryGetProperty("requestBody", out var body))
                {
                    Check(body.GetProperty("content").EnumerateObject().All(media => media.Value.TryGetProperty("schema", out var schema) && schema.EnumerateObject().Any()), "a body without a schema");
                }
                else
                {
                    Check(!name.StartsWith("put", StringComparison.Ordinal), "a PUT without a body");
                }
            }

            void CheckResponses(JsonElement of)
            {
                var responses = of.GetProperty("responses").EnumerateObject().ToList();
                Check(responses.Any(response => response.Name[0] == '2'), "no successful response");
                foreach (var status in (string[])["401", "403", "429", "503"])
                {
                    Check(responses.Any(response => response.Name == status), $"no response {status}");
                }

                foreach (var response in responses.Where(response => response.Name is not ("204" or "304")))
                {
                    Check(response.Value.TryGetProperty("content", out var content) && content.EnumerateObject().All(media => media.Value.TryGetProperty("schema", out _)), $"response {response.Name} has no schema");
                    Check(response.Name[0] is '2' || (response.Value.TryGetProperty("content", out var problem) && problem.TryGetProperty("application/problem+json", out _)), $"response {response.Name} is no problem");
                }
            }
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_money_is_a_string()
    {
        var document = await DocumentAsync();
        var schemas = document.GetProperty("components").GetProperty("schemas");
        References(document).Distinct().Where(reference => !Resolves(document, reference)).ShouldBeEmpty();
        schemas.EnumerateObject().Where(schema => schema.Name.Contains("IResult", StringComparison.Ordinal)).ShouldBeEmpty();
        var charge = schemas.GetProperty("ListedCall").GetProperty("properties").GetProperty("charge");
        (charge.Text("type"), charge.TryGetProperty("pattern", out _)).ShouldBe(("string", true));
    }

    [Fact]
    public async Task It_is_served_and_readable_without_the_rest_of_the_world()
    {
        var http = served.Server.Anonymous;
        var document = JsonDocument.Parse(await http.GetStringAsync(OpenApiDescription.Document)).RootElement;
        document.GetProperty("paths").EnumerateObject().Count().ShouldBeGreaterThan(40);

        var page = await http.GetAsync($"{OpenApiDescription.Page}/");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
        var html = await page.Content.ReadAsStringAsync();
        var sources = System.Text.RegularExpressions.Regex.Matches(html, "(?:src|href)=\"([^\"]+)\"").Select(match => match.Groups[1].Value).ToList();
        sources.ShouldNotBeEmpty();
        sources.ShouldAllBe(source => !source.Contains("//", StringComparison.Ordinal));
        html.ShouldNotContain("cdn.");
        var policy = page.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("default-src 'none'");
        var nonce = System.Text.RegularExpressions.Regex.Match(policy, "'nonce-([^']+)'").Groups[1].Value;
        html.ShouldContain($"nonce=\"{nonce}\"");
        foreach (var source in sources.Where(source => source.EndsWith(".js", StringComparison.Ordinal)))
        {
            (await http.GetAsync(new Uri(page.RequestMessage!.RequestUri!, source))).StatusCode.ShouldBe(HttpStatusCode.OK, source);
        }
    }

    private static async Task<JsonElement> DocumentAsync()
    {
        await using var file = File.OpenRead(Path.Combine(MonthFiles.Root, "contracts", "openapi.json"));
        return (await JsonDocument.ParseAsync(file)).RootElement;
    }

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where Methods.Contains(operation.Name)
        select ($"{operation.Name} {path.Name}", operation.Value);

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name == "$ref" && member.Value.ValueKind == JsonValueKind.String ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };

    private static bool Resolves(JsonElement document, string reference)
    {
        var at = document;
        return reference.StartsWith("#/", StringComparison.Ordinal)
            && reference[2..].Split('/').All(part => at.ValueKind == JsonValueKind.Object && at.TryGetProperty(part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal), out at));
    }
}
