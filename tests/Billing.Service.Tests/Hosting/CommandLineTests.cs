using System.CommandLine;
using System.Text.Json;

namespace Billing.Service.Tests.Hosting;

/// <summary>The command line as a careful user expects it: exit codes, help, and one clear line when something is wrong.</summary>
public sealed class CommandLineTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>, IDisposable
{
    private const string Password = "sesame-4711";

    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("ingest")]
    [InlineData("invoices")]
    [InlineData("invoices list")]
    [InlineData("invoices list --month 2026-13")]
    [InlineData("invoices list --month 2026-10 --monht 2026-11")]
    [InlineData("invoices show")]
    [InlineData("contracts show C-1 --as-of yesterday")]
    [InlineData("suspense show not-an-id")]
    [InlineData("dead-letters replay")]
    [InlineData("serve 8080")]
    [InlineData("config --production perhaps")]
    public async Task A_wrong_command_line_ends_with_64_and_points_to_the_help(string line)
    {
        var ended = await Command.ProcessAsync(Command.Nowhere, Words(line));
        ended.Code.ShouldBe(64, ended.All);
        ended.Error.ShouldStartWith("billing: ");
        var path = string.Join(' ', Words(line).TakeWhile(word => CommandLines.Root.Subcommands.Any(command => command.Name == word)));
        ended.Error.TrimEnd().Split('\n')[^1].ShouldStartWith($"billing: see billing {path}".TrimEnd());
        ended.Error.ShouldEndWith("--help\n");
        ended.Error.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("verify --month 2026-10 --published 70aa82ba", "--published: a SHA-256, 64 hexadecimal digits, is expected, not '70aa82ba'")]
    [InlineData("verify --month 2026-13 --published 70aa82ba", "--month: a month YYYY-MM is expected")]
    [InlineData("invoices verify --month 2026-13", "--month: a month YYYY-MM is expected")]
    [InlineData("audit reveals --limit 0", "--limit: a whole number from 1 is expected")]
    [InlineData("audit access --limit -1", "--limit: a whole number from 1 is expected")]
    [InlineData("explain --invoice 1 --line x", "--line: a whole number from 1 is expected")]
    [InlineData("explain --invoice 1 --limit 0", "--limit: a whole number from 1 to 10000 is expected")]
    [InlineData("suspense show nope", "'nope': an id (a UUID) is expected, as list shows it")]
    [InlineData("dead-letters show nope", "'nope': an id (a UUID) is expected, as list shows it")]
    [InlineData("dead-letters replay nope", "'nope': an id (a UUID) is expected, as list shows it")]
    [InlineData("notices replay nope", "'nope': an id (a UUID) is expected, as list shows it")]
    [InlineData("ingest calls.csv --source sw-1", "--source goes with --profile")]
    [InlineData("watch . --settle soon", "--settle: 'soon' is not a duration")]
    [InlineData("serve --urls nonsense", "--urls: 'nonsense' is not a list of addresses such as http://127.0.0.1:8080")]
    [InlineData("invoices export --month 2026-10 --out /etc/passwd", "--out: /etc/passwd is a file, a folder is expected")]
    public async Task What_is_wrong_with_a_value_is_said_in_plain_words(string line, string said)
    {
        var ended = await Command.RunAsync(database.ConnectionString, Words(line));
        (ended.Code, ended.Output).ShouldBe((64, ""), ended.All);
        ended.Error.ShouldStartWith($"billing: {said}");
    }

    [Fact]
    public async Task An_address_that_is_in_use_is_said_to_be()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var ended = await Command.RunAsync(database.ConnectionString, "serve", "--urls", $"http://{other.LocalEndpoint}");
        (ended.Code, ended.Output).ShouldBe((1, ""), ended.All);
        ended.Error.ShouldEndWith($"\nbilling: serve can not listen on http://{other.LocalEndpoint}: the address is in use\n");
        ended.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_month_without_invoices_proves_nothing_and_writes_over_nothing()
    {
        var kept = File("invoices.csv", "of another month\n"u8);
        var exported = await Command.RunAsync(database.ConnectionString, "invoices", "export", "--month", "2020-01", "--out", _folder);
        (exported.Code, exported.Output).ShouldBe((0, "no invoice of 2020-01 is issued: nothing is written\n"), exported.All);
        (await System.IO.File.ReadAllTextAsync(kept)).ShouldBe("of another month\n");
        var proved = await Command.RunAsync(database.ConnectionString, "invoices", "verify", "--month", "2020-01");
        (proved.Code, proved.Output).ShouldBe((0, "no invoice of 2020-01 is issued: there is nothing to prove\n"), proved.All);
    }

    [Fact]
    public async Task A_file_that_is_sent_again_with_another_profile_is_said_to_be_read_as_before()
    {
        var file = File("header.csv", System.Text.Encoding.ASCII.GetBytes(string.Join(',', Billing.Rating.Records.CdrColumns.Names) + "\n"));
        (await Command.RunAsync(database.ConnectionString, "ingest", file)).Code.ShouldBe(0);
        (await Command.RunAsync(database.ConnectionString, "ingest", file)).Output.ShouldStartWith("header.csv: taken in before, nothing changed; the first receipt:\n");
        var other = await Command.RunAsync(database.ConnectionString, "ingest", file, "--profile", "asterisk-csv");
        other.Output.ShouldStartWith("header.csv: taken in before as cdr v1, nothing changed; the first receipt:\n  it is not read anew: if that was wrong, billing deliveries rollback ");
    }

    [Theory]
    [InlineData("rate")]
    [InlineData("rate --contracts c.json --tariff t.json --cdr c.csv --out out")]
    [InlineData("rate --contracts c.json --tariff t.json --cdr c.csv --month 2026-1 --out out")]
    [InlineData("rate --contracts c.json --tariff t.json --cdr c.csv --month 2026-10 --out out --nonsense")]
    public async Task A_wrong_command_line_of_rate_ends_with_1_as_its_format_has_it(string line)
    {
        var ended = await Command.ProcessAsync(Command.Nowhere, Words(line));
        ended.Code.ShouldBe(1, ended.All);
        ended.Output.ShouldBeEmpty();
        ended.Error.ShouldEndWith("billing: see billing rate --help\n");
    }

    [Fact]
    public void Every_command_and_option_explains_itself_and_help_ends_with_0()
    {
        var commands = CommandLines.All().ToList();
        commands.Count.ShouldBeGreaterThan(30);
        foreach (var (path, command) in commands)
        {
            command.Description.ShouldNotBeNullOrWhiteSpace(string.Join(' ', path));
            command.Options.Where(option => string.IsNullOrWhiteSpace(option.Description)).ShouldBeEmpty(string.Join(' ', path));
            command.Arguments.Where(argument => string.IsNullOrWhiteSpace(argument.Description)).ShouldBeEmpty(string.Join(' ', path));

            using var output = new StringWriter();
            CommandLines.Root.Parse([.. path, "--help"]).Invoke(new InvocationConfiguration { Output = output, Error = output }).ShouldBe(0, string.Join(' ', path));
            output.ToString().ShouldContain(command.Description!.Split(' ')[0], customMessage: string.Join(' ', path));
            output.ToString().ShouldContain("Usage:");
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("rate --help")]
    [InlineData("invoices issue --help")]
    [InlineData("--version")]
    public async Task Help_needs_no_database(string line)
    {
        var ended = await Command.ProcessAsync(new Dictionary<string, string>(), Words(line));
        ended.Code.ShouldBe(0, ended.All);
        ended.Output.ShouldNotBeEmpty();
        ended.Error.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("invoices list --month 2026-10")]
    [InlineData("db-apply")]
    [InlineData("db-assert")]
    [InlineData("serve --urls http://127.0.0.1:0")]
    [InlineData("dead-letters list")]
    public async Task A_database_that_is_not_there_ends_with_1_and_a_line_without_the_password(string line)
    {
        var ended = await Command.ProcessAsync(Command.Nowhere, Words(line));
        ended.Code.ShouldBe(1, ended.All);
        ended.Output.ShouldBeEmpty();
        ended.ErrorLine.ShouldStartWith("billing: the database can not be reached: ");
        ended.All.ShouldNotContain(Password);
    }

    [Fact]
    public async Task Not_even_with_all_that_can_be_logged_a_password_is_shown()
    {
        var environment = new Dictionary<string, string> { ["BILLING_DB"] = Command.Nowhere, ["BILLING_LOG"] = "Trace" };
        (await Command.ProcessAsync(environment, "serve", "--urls", "http://127.0.0.1:0")).All.ShouldNotContain(Password);

        var wrong = new Npgsql.NpgsqlConnectionStringBuilder(database.ConnectionString) { Password = Password, Username = "nobody-of-this-name" }.ConnectionString;
        var refused = await Command.ProcessAsync(wrong, "reconcile");
        refused.Code.ShouldBe(1);
        refused.ErrorLine.ShouldStartWith("billing: the database answers: ");
        refused.All.ShouldNotContain(Password);
    }

    [Fact]
    public async Task Without_a_database_it_is_said_how_to_name_one()
    {
        // the checkout's own private database counts only when it has been started
        var config = await Command.ProcessAsync(new Dictionary<string, string>(), "config", "--json");
        var isFound = JsonDocument.Parse(config.Output).RootElement.EnumerateArray().Single(x => x.GetProperty("name").GetString() == "db").GetProperty("source").GetString() != "not set";
        if (!isFound)
        {
            var ended = await Command.ProcessAsync(new Dictionary<string, string>(), "reconcile");
            ended.Code.ShouldBe(1);
            ended.ErrorLine.ShouldContain("set BILLING_DB");
        }
    }

    [Fact]
    public async Task What_is_given_in_and_refused_ends_with_2()
    {
        var binary = File("calls.bin", [0, 1, 2, 3, 0xFF, 0xFE]);
        var headless = File("calls.csv", "a,b,c\n1,2,3\n"u8);
        var empty = File("empty.csv", []);
        var document = File("document.json", """{ "contracts": 5 }"""u8);
        foreach (var command in (string[][])[
            ["ingest", binary],
            ["ingest", headless],
            ["ingest", empty],
            ["contracts", "import", document],
            ["reference", "load", document],
            ["tariffs", "publish", document]])
        {
            var ended = await Command.ProcessAsync(database.ConnectionString, command);
            ended.Code.ShouldBe(2, $"{string.Join(' ', command)}: {ended.All}");
            ended.Output.ShouldBeEmpty(string.Join(' ', command));
            ended.ErrorLine.ShouldStartWith("billing: ");
        }

        var rate = await Command.ProcessAsync(new Dictionary<string, string>(), "rate", "--contracts", document, "--tariff", document, "--cdr", headless, "--month", "2026-10", "--out", Path.Combine(_folder, "out"));
        rate.Code.ShouldBe(2, rate.All);
        var absent = await Command.ProcessAsync(database.ConnectionString, "ingest", Path.Combine(_folder, "absent.csv"));
        (absent.Code, absent.ErrorLine.Contains("absent.csv", StringComparison.Ordinal)).ShouldBe((1, true));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private string File(string name, ReadOnlySpan<byte> content)
    {
        var path = Path.Combine(_folder, name);
        System.IO.File.WriteAllBytes(path, content);
        return path;
    }
}
