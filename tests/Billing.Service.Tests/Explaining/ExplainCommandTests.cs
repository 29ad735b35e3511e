using System.Net;
using System.Text.Json;
using Billing.Contracts;
using Billing.Service.Tests.Api;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Explaining;

/// <summary><c>billing explain</c> and its endpoints, as a person and a program use them.</summary>
public sealed class ExplainCommandTests(ExplainedMonth month) : IClassFixture<ExplainedMonth>
{
    private DatabaseFixture Database => month.Database;

    private HttpClient Http => month.Server.Http;

    [Fact]
    public async Task A_call_is_told_in_english_in_japanese_and_as_json()
    {
        var name = await CallAsync();

        var english = await RunAsync("explain", "--call", name);
        var japanese = await RunAsync("explain", "--call", name, "--lang", "ja");
        var json = JsonDocument.Parse((await RunAsync("explain", "--call", name, "--json")).Output).RootElement;

        english.Output.ShouldStartWith($"Call {name}: rated, ");
        english.Output.ShouldContain("prices[");
        english.Output.ShouldContain("of invoice 202610-");
        japanese.Output.ShouldStartWith($"通話 {name}: 課金済み, ");
        japanese.Output.ShouldMatch("種別・モード: 通話, (IP|携帯)モード\n");
        japanese.Output.ShouldMatch("応答: 2026-10-[0-9: -]+ JST\n");
        japanese.Output.ShouldContain("料金は税抜");
        japanese.Output.ShouldContain("請求書202610-");
        var step = json.GetProperty("steps").EnumerateArray().Single(step => step.Text("step") == "increments");
        Yen.Parse(step.GetProperty("figures").GetProperty("step").Text("price")).ShouldBeGreaterThan(Yen.Zero);
        step.GetProperty("figures").GetProperty("increments").GetInt64().ShouldBeGreaterThan(0);
        (step.Text("ja").Length > 0, step.Text("en").Length > 0).ShouldBe((true, true));
        json.GetProperty("masked").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Numbers_in_full_leave_an_event_for_the_auditor()
    {
        var name = await CallAsync();
        var before = await RevealsAsync();

        var masked = await RunAsync("explain", "--call", name);
        (await RevealsAsync()).ShouldBe(before);
        var revealed = await RunAsync("explain", "--call", name, "--reveal", "dispute 4711", "--by", "finance-desk");

        masked.Output.ShouldContain("****");
        revealed.Output.ShouldNotContain("****");
        (await RevealsAsync()).ShouldBe(before + 1);
        JsonDocument.Parse(await Database.ScalarAsync<string>("select (data - 'at')::text from billing.mt_events where type = 'numbers_revealed.v1' and stream_id like 'audit-2%' and data ? 'at' order by seq_id desc limit 1"))
            .RootElement.ToString().ShouldBe($$"""{"by": "finance-desk", "what": "{{name}}", "reason": "dispute 4711", "contract": "C-1001"}""");
    }

    [Fact]
    public async Task Without_a_name_it_is_the_user_of_the_machine_who_sees_numbers()
    {
        await RunAsync("explain", "--call", await CallAsync(), "--reveal", "audit");

        (await Database.ScalarAsync<string>("select data ->> 'by' from billing.mt_events where type = 'numbers_revealed.v1' order by seq_id desc limit 1")).ShouldBe(Environment.UserName);
    }

    [Fact]
    public async Task A_reason_that_says_nothing_is_refused_and_nothing_is_shown()
    {
        var ended = await Command.RunAsync(Database.ConnectionString, "explain", "--call", await CallAsync(), "--reveal", " ");

        (ended.Code, ended.Output).ShouldBe((2, ""));
        ended.ErrorLine.ShouldContain("--reveal");
    }

    [Fact]
    public async Task An_invoice_is_told_line_by_line_with_numbers_that_line_takes()
    {
        var brief = await RunAsync("explain", "--invoice", "202610-C-1003");
        var lines = brief.Output.Split('\n').Where(line => line.Length > 7 && int.TryParse(line[..5], out _)).ToList();
        lines.Count.ShouldBeGreaterThan(10);

        var last = await RunAsync("explain", "--invoice", "202610-C-1003", "--line", $"{lines.Count}", "--lang", "ja");
        last.Output.ShouldContain("消費税 S");
        var none = await Command.RunAsync(Database.ConnectionString, "explain", "--invoice", "202610-C-1003", "--line", $"{lines.Count + 1}");
        (none.Code, none.ErrorLine.Contains("has no line", StringComparison.Ordinal)).ShouldBe((1, true));
    }

    [Theory]
    [InlineData("--call sw-tokyo-1/none", "there is no call sw-tokyo-1/none")]
    [InlineData("--invoice 202610-C-none", "there is no invoice 202610-C-none")]
    public async Task What_is_not_there_is_named(string line, string error)
    {
        var ended = await Command.RunAsync(Database.ConnectionString, ["explain", .. line.Split(' ')]);

        (ended.Code, ended.Output, ended.ErrorLine).ShouldBe((1, "", $"billing: {error}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--call sw-1/1 --invoice 1")]
    [InlineData("--call sw-1")]
    [InlineData("--call sw-1/1 --line 1")]
    [InlineData("--call sw-1/1 --by me")]
    [InlineData("--call sw-1/1 --as-of yesterday")]
    [InlineData("--call sw-1/1 --lang de")]
    [InlineData("--invoice 1 --reveal why")]
    [InlineData("--invoice 1 --line 1 --limit 0")]
    [InlineData("--invoice 1 --line 1 --limit 10001")]
    [InlineData("--invoice 1 --line 1 --skip -1")]
    public async Task A_wrong_command_line_ends_with_64(string line) =>
        (await Command.RunAsync(Command.Nowhere, ["explain", .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)])).Code.ShouldBe(64);

    [Fact]
    public async Task The_api_tells_a_call_and_a_line_in_both_languages()
    {
        var name = await CallAsync();

        var call = await (await Http.GetAsync($"/api/v1/calls/{name}/explanation")).ReadAsync();
        call.Text("outcome").ShouldBe("rated");
        call.GetProperty("masked").GetBoolean().ShouldBeTrue();
        call.GetProperty("record").Text("calledNumber").ShouldEndWith("****");
        call.TryGetProperty("faults", out var faults).ShouldBeTrue();
        faults.GetArrayLength().ShouldBe(0);
        var invoice = call.GetProperty("invoice");
        var line = await (await Http.GetAsync($"/api/v1/invoices/{invoice.Text("number")}/lines/{invoice.GetProperty("line").GetInt32()}/explanation?take=2&skip=1")).ReadAsync();
        line.Text("amount").ShouldBe(invoice.Text("lineAmount"));
        line.GetProperty("calls").GetProperty("calls").GetArrayLength().ShouldBe(2);
        line.GetProperty("calls").GetProperty("next").GetInt64().ShouldBe(3);
        foreach (var step in call.GetProperty("steps").EnumerateArray().Concat(line.GetProperty("steps").EnumerateArray()))
        {
            (step.Text("ja").Length > 0, step.Text("en").Length > 0).ShouldBe((true, true));
        }

        var now = await (await Http.GetAsync($"/api/v1/calls/{name}/explanation?asOf=now")).ReadAsync();
        now.Text("outcome").ShouldBe("rated");
        now.TryGetProperty("difference", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a/b/1", "a%2Fb%2F1")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("a b?#", "a%20b%3F%23")]
    public async Task The_api_takes_every_record_id_that_the_format_allows(string recordId, string escaped)
    {
        using var files = new MonthFiles();
        await Database.IngestAsync(files.Write("odd.csv", [files.Call("sw-odd", recordId, "05099999999", "0312345678", "2026-10-05T10:00:00+09:00", 60)]));

        (await (await Http.GetAsync($"/api/v1/calls/sw-odd/{escaped}/explanation")).ReadAsync()).Text("recordId").ShouldBe(recordId);
    }

    [Theory]
    [InlineData("/api/v1/calls/sw-tokyo-1/nowhere/explanation", HttpStatusCode.NotFound, null)]
    [InlineData("/api/v1/calls/sw-tokyo-1/T2610-000630/explanation?asOf=1999-01-01", HttpStatusCode.NotFound, null)]
    [InlineData("/api/v1/calls/sw-tokyo-1/T2610-000630/explanation?asOf=soon", HttpStatusCode.BadRequest, "asOf")]
    [InlineData("/api/v1/calls/sw%20tokyo/1/explanation", HttpStatusCode.BadRequest, "recordId")]
    [InlineData("/api/v1/invoices/202610-C-nobody/lines/1/explanation", HttpStatusCode.NotFound, null)]
    [InlineData("/api/v1/invoices/202610-C-1003/lines/999/explanation", HttpStatusCode.NotFound, null)]
    [InlineData("/api/v1/invoices/202610-C-1003/lines/0/explanation", HttpStatusCode.BadRequest, "line")]
    [InlineData("/api/v1/invoices/202610-C-1003/lines/x/explanation", HttpStatusCode.BadRequest, "line")]
    [InlineData("/api/v1/invoices/202610-C-1003/lines/1/explanation?skip=-1", HttpStatusCode.BadRequest, "skip")]
    [InlineData("/api/v1/invoices/202610-C-1003/lines/1/explanation?take=10001", HttpStatusCode.BadRequest, "take")]
    public async Task What_is_not_there_or_not_right_is_a_problem(string path, HttpStatusCode code, string? parameter)
    {
        var problem = await (await Http.GetAsync(path)).ReadProblemAsync(code);

        if (parameter is not null)
        {
            problem.Text("parameter").ShouldBe(parameter);
        }
    }

    private async Task<string> CallAsync() =>
        (await Database.NamesAsync("rated_calls where class = 'fixed' and outcome = 'rated' and contract = 'C-1001' order by record_id limit 1")).Single();

    private Task<long> RevealsAsync() => Database.ScalarAsync<long>("select count(*) from billing.mt_events where type = 'numbers_revealed.v1'");

    private async Task<Command.Ended> RunAsync(params string[] arguments)
    {
        var ended = await Command.RunAsync(Database.ConnectionString, arguments);
        ended.Code.ShouldBe(0, ended.All);
        return ended;
    }
}
