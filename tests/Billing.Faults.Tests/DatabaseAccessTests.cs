using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;
using Npgsql;

namespace Billing.Faults.Tests;

/// <summary>A database that can not be reached or used: what is wrong is said in one line, and no secret with it.</summary>
[Trait("Category", "Faults")]
public sealed class DatabaseAccessTests : IDisposable
{
    private const string Secret = "s3cret-Pa55word";

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, string, string> WrongAddresses => new()
    {
        { "password", $"Password={Secret}", "password authentication failed" },
        { "user", $"Username=nobody_at_all;Password={Secret}", "password authentication failed" },
        { "database", "Database=no_such_database", "no_such_database" },
        { "port", $"Port=1;Password={Secret}", "can not be reached" },
        { "host", $"Host=no-such-host.invalid;Password={Secret}", "can not be reached" },
        { "key", $"Passwrod={Secret}", "connection string" },
        { "garbage", $"postgres://billing:{Secret}@localhost/billing", "connection string" },
    };

    [Theory]
    [MemberData(nameof(WrongAddresses))]
    public async Task A_wrong_address_is_told_in_one_line_that_keeps_the_password(string what, string wrong, string message)
    {
        var file = _folder.Write("calls.csv", "source\n"u8.ToArray());
        var right = new NpgsqlConnectionStringBuilder(DatabaseServer.Shared.ConnectionString);
        var address = what == "garbage" ? wrong : $"{right.ConnectionString};{wrong}";

        foreach (var flags in (string[][])[[], ["--db", address]])
        {
            using var ingest = BillingProcess.Start(new Dictionary<string, string> { ["BILLING_DB"] = address }, ["ingest", file, .. flags]);
            var ended = await ingest.EndAsync();

            ended.Code.ShouldBe(message == "connection string" ? 64 : 1, ended.All);
            ended.Output.ShouldBeEmpty();
            ended.Error.ShouldMatch($"^billing: [^\n]*{message}[^\n]*\n$");
            ended.All.ShouldNotContain(Secret);
            ended.All.ShouldNotContain(right.Password!);
        }
    }

    [Theory]
    [InlineData("config")]
    [InlineData("config", "--json")]
    [InlineData("db-assert")]
    [InlineData("invoices", "list", "--month", "2026-10")]
    public async Task No_command_prints_the_password_even_when_it_logs_everything(params string[] arguments)
    {
        var right = new NpgsqlConnectionStringBuilder(DatabaseServer.Shared.ConnectionString);
        foreach (var password in (string[])[right.Password!, Secret])
        {
            var address = new NpgsqlConnectionStringBuilder(right.ConnectionString) { Password = password, Database = "no_such_database" }.ConnectionString;
            using var command = BillingProcess.Start(new Dictionary<string, string> { ["BILLING_DB"] = address, ["BILLING_LOG"] = "Trace" }, arguments);
            var ended = await command.EndAsync();

            ended.All.ShouldNotBeEmpty();
            ended.All.ShouldNotContain(password);
        }
    }

    [Theory]
    [InlineData("ingest", "FILE")]
    [InlineData("reconcile")]
    [InlineData("invoices", "issue", "--month", "2026-10")]
    [InlineData("contracts", "import", "FILE")]
    [InlineData("db-assert")]
    public async Task In_production_a_missing_schema_is_named_and_nothing_is_made(params string[] arguments)
    {
        var file = _folder.Write("contracts.json", MadeUp.LateContractsDocument());
        await using var database = await DatabaseServer.Shared.CreateEmptyAsync();

        var ended = await database.RunAsync([.. arguments.Select(argument => argument == "FILE" ? file : argument), "--production"]);

        ended.Code.ShouldBe(1, ended.All);
        ended.Output.ShouldBeEmpty();
        ended.Error.ShouldContain("is missing");
        ended.Error.ShouldEndWith("run billing db-apply\n");
        (await database.CountAsync("select count(*) from pg_namespace where nspname like 'billing%'")).ShouldBe(0);
    }

    [Fact]
    public async Task In_production_a_table_that_is_missing_is_named()
    {
        await using var database = await DatabaseServer.Shared.CreateAsync();
        await database.RowAsync("drop table billing.rejects");

        var ended = await database.RunAsync("db-assert", "--production");

        ended.Code.ShouldBe(1, ended.All);
        ended.Error.ShouldContain("billing.rejects is missing");
        ended.Error.ShouldNotContain("billing.deliveries");
    }
}
