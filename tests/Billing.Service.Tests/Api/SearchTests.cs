using System.Net;
using Billing.Contracts;
using Billing.Service.Access;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Api;

/// <summary>Invoices and calls of the demo month, searched, paged while rows come, and exported.</summary>
public sealed class SearchTests(ReadingTests.BilledMonth month) : IClassFixture<ReadingTests.BilledMonth>
{
    private HttpClient Http => month.Server.Http;

    [Theory]
    [InlineData("number", "number")]
    [InlineData("-number", "number desc")]
    [InlineData("issued", "issued_at, number")]
    [InlineData("-amount", "total desc, number desc")]
    [InlineData("amount", "total, number")]
    [InlineData("customer", "customer collate \"C\", number")]
    public async Task Invoices_are_read_to_the_end_in_every_order(string order, string sql)
    {
        var expected = (await month.Database.ScalarAsync<string[]>($"select array_agg(number order by {sql}) from billing.invoices where month = '2026-10-01'"))!;
        (await Http.ReadAllAsync($"/api/v1/invoices?month=2026-10&order={order}", 3)).ConvertAll(entry => entry.Text("number")).ShouldBe(expected);
        (await Http.ReadAllAsync($"/api/v1/invoices?month=2026-10&order={order}", 1000)).Count.ShouldBe(expected.Length);
    }

    [Fact]
    public async Task Invoices_are_found_by_date_amount_and_customer_each_and_together()
    {
        var all = await Http.ReadAllAsync("/api/v1/invoices?month=2026-10", 100);
        var some = all[all.Count / 2];
        var total = Yen.Parse(some.Text("total"));
        foreach (var (query, holds) in (List<(string, Func<System.Text.Json.JsonElement, bool>)>)[
            ($"amountFrom={total}", entry => Yen.Parse(entry.Text("total")) >= total),
            ($"amountTo={total}", entry => Yen.Parse(entry.Text("total")) <= total),
            ($"amountFrom={total}&amountTo={total}", entry => Yen.Parse(entry.Text("total")) == total),
            ($"contract={some.Text("contract")}", entry => entry.Text("contract") == some.Text("contract")),
            ($"customer={Uri.EscapeDataString(some.Text("customer")[2..])}", entry => entry.Text("customer").Contains(some.Text("customer")[2..], StringComparison.Ordinal)),
            ("issuedFrom=2000-01-01&issuedTo=9000-01-01", _ => true),
            ("issuedTo=2000-01-01", _ => false),
            ($"customer={Uri.EscapeDataString(some.Text("customer"))}&amountTo={total}&issuedFrom=2020-01-01", entry => entry.Text("customer").Contains(some.Text("customer"), StringComparison.Ordinal) && Yen.Parse(entry.Text("total")) <= total)])
        {
            (await Http.ReadAllAsync($"/api/v1/invoices?month=2026-10&{query}", 2)).Select(entry => entry.Text("number")).ShouldBe(all.Where(holds).Select(entry => entry.Text("number")), query);
        }

        foreach (var (query, parameter) in (List<(string, string)>)[("amountFrom=much", "amountFrom"), ("issuedTo=yesterday", "issuedTo"), ("order=colour", "order"), ("issuedFrom=2026-11-02&issuedTo=2026-11-01", "issuedFrom"), ("amountFrom=2&amountTo=1", "amountFrom"), ("cursor=%00", "cursor"), ("limit=1001", "limit")])
        {
            (await (await Http.GetAsync($"/api/v1/invoices?{query}")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe(parameter);
        }

        var csv = await (await Http.GetAsync("/api/v1/invoices.csv?month=2026-10")).ReadCsvAsync();
        csv.Skip(1).Select(row => (row[0], row[8])).ShouldBe(all.Select(entry => (entry.Text("number"), entry.Text("total"))));
    }

    [Fact]
    public async Task A_search_that_is_an_injection_finds_nothing_and_breaks_nothing()
    {
        foreach (var text in (string[])["' or 1=1 --", "%", "_", "\\", "'; drop table billing.invoices; --"])
        {
            (await Http.ReadAllAsync($"/api/v1/invoices?customer={Uri.EscapeDataString(text)}", 10)).ShouldBeEmpty(text);
            (await Http.ReadAllAsync($"/api/v1/invoices?contract={Uri.EscapeDataString(text)}", 10)).ShouldBeEmpty(text);
        }
    }

    [Fact]
    public async Task Invoices_that_come_between_two_parts_move_nothing()
    {
        var before = (await Http.ReadAllAsync("/api/v1/invoices?order=amount", 1000)).ConvertAll(entry => entry.Text("number"));
        var read = (await Http.ReadAllAsync("/api/v1/invoices?order=amount", 2, part => month.Database.ExecuteAsync(
            $"""
            insert into billing.invoices (number, contract, month, customer, issued_at, due_on, subtotal, tax, total, digest)
            values ('202001-X-{part}', 'X-{part}', '2020-01-01', '=HYPERLINK("x")', now(), '2020-02-28', 0, 0, {(part % 2 == 0 ? -part : 1_000_000_000 + part)}, '')
            """))).ConvertAll(entry => entry.Text("number"));
        read.Distinct().Count().ShouldBe(read.Count);
        read.Where(before.Contains).ShouldBe(before);

        // what a spreadsheet would take for a formula is text
        var csv = await (await Http.GetAsync("/api/v1/invoices.csv?month=2020-01")).Content.ReadAsStringAsync();
        csv.ShouldContain("\"'=HYPERLINK(\"\"x\"\")\"");
        csv.ShouldContain("-0,", Case.Sensitive, "an amount stays a number");
        await month.Database.ExecuteAsync("delete from billing.invoices where month = '2020-01-01'");
    }

    [Fact]
    public async Task Calls_are_read_to_the_end_masked_and_found_by_number_department_class_date_and_amount()
    {
        const string path = "/api/v1/contracts/C-1001/calls?month=2026-10";
        var all = await Http.ReadAllAsync(path, 50);
        all.Count.ShouldBe((int)await month.Database.ScalarAsync<long>("select count(*) from billing.rated_calls where contract = 'C-1001' and usage_month = '2026-10-01'"));
        all.Select(call => (call.Text("source"), call.Text("recordId"))).Distinct().Count().ShouldBe(all.Count);
        all.Select(call => call.Text("answeredAt")).ShouldBeInOrder();
        all.Where(call => call.TryGetProperty("destination", out _)).ShouldAllBe(call => call.Text("destination").EndsWith("****", StringComparison.Ordinal) || call.Text("destination").Count(c => c == '*') > 0);

        var one = all.First(call => call.Text("outcome") == "rated" && call.TryGetProperty("department", out _) && Yen.Parse(call.Text("charge")) > Yen.Zero);
        var charge = Yen.Parse(one.Text("charge"));
        foreach (var (query, holds) in (List<(string, Func<System.Text.Json.JsonElement, bool>)>)[
            ($"number={one.Text("number")}", call => call.TryGetProperty("number", out var number) && number.GetString() == one.Text("number")),
            ($"department={Uri.EscapeDataString(one.Text("department"))}", call => call.TryGetProperty("department", out var department) && department.GetString() == one.Text("department")),
            ($"class={one.Text("class")}", call => call.TryGetProperty("class", out var name) && name.GetString() == one.Text("class")),
            ("outcome=unanswered", call => call.Text("outcome") == "unanswered"),
            ($"amountFrom={charge}", call => Yen.Parse(call.Text("charge")) >= charge),
            ($"amountTo={charge}&outcome=rated", call => Yen.Parse(call.Text("charge")) <= charge && call.Text("outcome") == "rated"),
            ("from=2026-10-10&to=2026-10-10", call => DateTimeOffset.Parse(call.Text("answeredAt"), System.Globalization.CultureInfo.InvariantCulture).ToOffset(TimeSpan.FromHours(9)).Day == 10)])
        {
            var found = await Http.ReadAllAsync($"{path}&{query}", 7);
            found.Select(call => call.Text("recordId")).ShouldBe(all.Where(holds).Select(call => call.Text("recordId")), query);
            found.ShouldNotBeEmpty(query);
        }

        var csv = await (await Http.GetAsync("/api/v1/contracts/C-1001/calls.csv?month=2026-10")).ReadCsvAsync();
        csv.Skip(1).Select(row => (row[1], row[12])).ShouldBe(all.Select(call => (call.Text("recordId"), call.Text("charge"))));
        (await (await Http.GetAsync("/api/v1/contracts/C-1001/calls")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe("month");
        foreach (var (query, parameter) in (List<(string, string)>)[("class=nope", "class"), ("outcome=nope", "outcome"), ("from=2026-10-11&to=2026-10-10", "from")])
        {
            (await (await Http.GetAsync($"{path}&{query}")).ReadProblemAsync(HttpStatusCode.BadRequest)).Text("parameter").ShouldBe(parameter);
        }

        await (await Http.GetAsync("/api/v1/contracts/C-nobody/calls?month=2026-10")).ReadProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_share_of_the_limit_is_told_where_there_is_one()
    {
        foreach (var contract in (await Http.ReadAllAsync("/api/v1/contracts", 100)).Select(entry => entry.Text("contract")))
        {
            var usage = await (await Http.GetAsync($"/api/v1/contracts/{contract}/usage?month=2026-10")).ReadAsync();
            if (usage.TryGetProperty("limit", out var limit))
            {
                var (amount, charge) = (Yen.Parse(limit.Text("amount")), Yen.Parse(usage.Text("charge")));
                limit.GetProperty("percent").GetInt64().ShouldBe(amount.IsZero ? (charge.IsZero ? 0 : 100) : (long)((System.Numerics.BigInteger)charge.Units * 100 / amount.Units));
                Yen.Parse(limit.Text("beyond")).ShouldBe(Yen.Max(charge - amount, Yen.Zero));
                limit.GetProperty("reached").EnumerateArray().Select(step => step.GetProperty("percent").GetInt32()).ShouldAllBe(step => step <= limit.GetProperty("percent").GetInt64());
            }
        }
    }
}
