using System.Net;
using System.Text;
using System.Text.Json;
using Billing.Service.Access;
using Billing.Service.Api;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;
using Billing.Service.Tests.Invoicing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Service.Tests.Evidence;

/// <summary><c>billing verify</c> and <c>billing compare</c> as users call them, on the command line and over HTTP.</summary>
public class EvidenceCommandsTests
{
    private const string Number = "05033000001";

    [Fact]
    public async Task The_command_and_the_api_say_whether_the_evidence_holds_and_what_is_broken()
    {
        await using var world = await WorldAsync();
        await using var server = await Server.StartAsync(world.Database.ConnectionString);
        var holds = await Command.RunAsync(world.Database.ConnectionString, "verify");
        holds.Code.ShouldBe(0, holds.All);
        holds.Output.ShouldContain("proof: every digest and every row agrees");
        holds.Output.ShouldContain("documents of 2026-10: 1 invoice, SHA-256 ");
        holds.Output.ShouldContain("not sealed yet: 1 event of");
        var digest = (await (await server.Http.GetAsync("/api/v1/verification?month=2026-10")).ReadAsync()).GetProperty("documents")[0].Text("digest");
        holds.Output.ShouldContain(digest);
        (await Command.RunAsync(world.Database.ConnectionString, "verify", "--month", "2026-10", "--published", digest)).Code.ShouldBe(0);
        (await Command.RunAsync(world.Database.ConnectionString, "verify", "--published", digest)).Code.ShouldBe(64);
        var nothing = await Command.RunAsync(world.Database.ConnectionString, "verify", "--month", "2020-01");
        (nothing.Code, nothing.Output.Contains("there is nothing of 2020-01", StringComparison.Ordinal)).ShouldBe((0, true), nothing.All);

        await world.Database.ExecuteAsync("update billing.invoices set total = 1");

        var broken = await Command.RunAsync(world.Database.ConnectionString, "verify", "--month", "2026-10", "--json");
        broken.Code.ShouldBe(1, broken.All);
        JsonDocument.Parse(broken.Output).RootElement.GetProperty("first").Text("stream").ShouldBe("invoices 202610-C-1");
        var text = await Command.RunAsync(world.Database.ConnectionString, "verify");
        text.Output.ShouldContain("BROKEN: 1 link. The first: rows of invoices are what the invoices say: invoices 202610-C-1: expected ");
        var answer = await (await server.Http.GetAsync("/api/v1/verification")).ReadAsync();
        answer.GetProperty("holds").GetBoolean().ShouldBeFalse();
        (await (await server.Http.GetAsync("/api/v1/verification?month=october")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("month");
        (await Command.RunAsync(world.Database.ConnectionString, "verify", "--month", "2026-10", "--published", new string('0', 64))).Code.ShouldBe(1);
    }

    [Fact]
    public async Task A_list_is_compared_by_the_command_and_over_http_with_the_same_result()
    {
        await using var world = await WorldAsync();
        await using var server = await Server.StartAsync(world.Database.ConnectionString);
        const string list = "発信;着信;日時;時間\n050-3300-0001;03-1234-5678;2026/10/03 10:00:01;0:01:00\n050-3300-0001;03-1234-5678;2026/10/04 10:00:00;0:01:00\n";
        var (file, map, csv) = (world.Folder("theirs.csv"), world.Folder("map.json"), world.Folder("compared.csv"));
        await File.WriteAllTextAsync(file, list, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        const string json = """{ "calling": "発信", "called": "着信", "start": "日時", "startFormat": "yyyy/MM/dd HH:mm:ss", "duration": "時間", "durationFormat": "hh:mm:ss", "separator": ";" }""";
        await File.WriteAllTextAsync(map, json);

        var ended = await Command.RunAsync(world.Database.ConnectionString, "compare", "--theirs", file, "--map", map, "--month", "2026-10", "--csv", csv);

        ended.Code.ShouldBe(0, ended.All);
        ended.Output.ShouldContain("missing-here       05033000001 to 031234****  theirs 2026-10-04 10:00:00 60 s line 3");
        ended.All.ShouldNotContain("0312345678");
        var rows = await File.ReadAllLinesAsync(csv);
        rows.Select(row => row.Split(',')[0]).ShouldBe(["class", "within-tolerance", "missing-here"]);
        var content = new ByteArrayContent(await File.ReadAllBytesAsync(file));
        var answer = await (await server.Http.PostAsync($"/api/v1/comparisons?month=2026-10&file=theirs.csv&map={Uri.EscapeDataString(json)}", content)).ReadAsync();
        ended.Output.ShouldContain(answer.Text("digest"));
        answer.GetProperty("totals").EnumerateArray().Single(totals => totals.Text("class") == "within-tolerance").GetProperty("ours").GetProperty("rows").GetInt64().ShouldBe(1);
        var strict = await (await server.Http.PostAsync($"/api/v1/comparisons?month=2026-10&startTolerance=0.999&map={Uri.EscapeDataString(json)}", content)).ReadAsync();
        strict.GetProperty("totals").EnumerateArray().Single(totals => totals.Text("class") == "missing-there").GetProperty("ours").GetProperty("rows").GetInt64().ShouldBe(1);
    }

    [Theory]
    [InlineData("", 64)]
    [InlineData("--month 2026-10", 64)]
    [InlineData("--theirs FILE", 64)]
    [InlineData("--theirs FILE --month 2026-10 --start-tolerance 3601", 64)]
    [InlineData("--theirs FILE --month 2026-10 --duration-tolerance -1", 64)]
    [InlineData("--theirs FILE --month 2026-10 --amount-tolerance free", 64)]
    [InlineData("--theirs FILE --month 2026-10 --map caller=a", 2)]
    [InlineData("--theirs FILE --month 2026-10 --contract C-9", 2)]
    [InlineData("--theirs FILE --month 2026-10 --map id=who", 2)]
    [InlineData("--theirs no-such-file.csv --month 2026-10", 1)]
    [InlineData("--theirs FILE --month 2026-10 --map no-such-map.json", 1)]
    public async Task A_wrong_comparison_ends_with_its_code_and_one_clear_line(string line, int code)
    {
        await using var world = await WorldAsync();
        var file = world.Folder("theirs.csv");
        await File.WriteAllTextAsync(file, "calling,called,start,duration\n");

        var ended = await Command.RunAsync(world.Database.ConnectionString, ["compare", .. line.Replace("FILE", file, StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        ended.Code.ShouldBe(code, ended.All);
        ended.Error.ShouldStartWith(code == 2 && line.Contains("who", StringComparison.Ordinal) ? $"billing: {file}: line 1: there is no column 'who'" : "billing: ");
        ended.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "month")]
    [InlineData("?month=2026-1", "month")]
    [InlineData("?month=2026-10&map=caller%3Da", "map")]
    [InlineData("?month=2026-10&startTolerance=soon", "startTolerance")]
    [InlineData("?month=2026-10&durationTolerance=-1", "durationTolerance")]
    [InlineData("?month=2026-10&amountTolerance=-1", "amountTolerance")]
    public async Task A_wrong_request_is_a_400_that_names_the_parameter(string query, string parameter)
    {
        await using var world = await BilledWorld.EmptyAsync();
        await using var server = await Server.StartAsync(world.Database.ConnectionString);

        var problem = await (await server.Http.PostAsync($"/api/v1/comparisons{query}", Csv("calling,called,start,duration\n"))).ReadProblemAsync(HttpStatusCode.BadRequest);

        problem.Text("parameter").ShouldBe(parameter);
    }

    [Fact]
    public async Task A_refused_list_is_a_422_an_unknown_contract_a_404_and_the_endpoints_name_their_roles()
    {
        await using var world = await WorldAsync();
        await using var server = await Server.StartAsync(world.Database.ConnectionString);

        var refused = await (await server.Http.PostAsync("/api/v1/comparisons?month=2026-10", Csv("who,whom\n"))).ReadProblemAsync(HttpStatusCode.UnprocessableEntity);
        refused.Text("path").ShouldBe("line 1");
        await (await server.Http.PostAsync("/api/v1/comparisons?month=2026-10&contract=C-9", Csv(""))).ReadProblemAsync(HttpStatusCode.NotFound);
        var roles = server.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<ForRolesAttribute>() is not null)
            .ToLookup(endpoint => endpoint.RoutePattern.RawText!, endpoint => string.Join(' ', endpoint.Metadata.GetMetadata<ForRolesAttribute>()!.Roles));
        roles["/api/v1/verification"].ShouldBe(["auditor"]);
        roles["/api/v1/comparisons"].ShouldBe(["dispute finance"]);
    }

    private static StringContent Csv(string text) => new(text, Encoding.UTF8, "text/csv");

    private static async Task<BilledWorld> WorldAsync()
    {
        var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-10-03T10:00:00"));
        await world.IssueAsync(BilledWorld.October);
        return world;
    }
}
