using Billing.Service.Hosting;
using Npgsql;

namespace Billing.Service.Tests.Hosting;

/// <summary>The schema is made by whoever comes first, once, with ordinary rights; in production by <c>db-apply</c> alone.</summary>
public sealed class SchemaTests
{
    private static readonly string[] ListInvoices = ["invoices", "list", "--month", "2026-10"];

    [Fact]
    public async Task Several_processes_and_hosts_apply_it_at_once_and_again()
    {
        await using var database = await BareDatabase.CreateAsync();
        var processes = Enumerable.Range(0, 2).Select(_ => Command.ProcessAsync(database.ConnectionString, "db-apply")).ToList();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => ApplyAsync(database.ConnectionString))));
        foreach (var ended in await Task.WhenAll(processes))
        {
            ended.Code.ShouldBe(0, ended.All);
            ended.Output.ShouldContain("The schema is up to date");
        }

        var contents = await database.ContentsAsync();
        contents.ShouldContain("billing.rated_calls");
        contents.ShouldContain("billing_queue.wolverine_dead_letters");
        var again = await Command.ProcessAsync(database.ConnectionString, "db-apply");
        again.Output.ShouldBe("The schema is up to date.\n");
        (await database.ContentsAsync()).ShouldBe(contents);
        (await DifferencesAsync(database.ConnectionString)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Outside_production_any_command_makes_it()
    {
        await using var database = await BareDatabase.CreateAsync();
        (await Command.ProcessAsync(database.ConnectionString, ListInvoices)).Code.ShouldBe(0);
        (await DifferencesAsync(database.ConnectionString)).ShouldBeEmpty();
    }

    [Fact]
    public async Task In_production_nothing_is_changed_and_the_answer_is_what_to_run()
    {
        await using var database = await BareDatabase.CreateAsync();
        foreach (var command in (string[][])[ListInvoices, ["serve", "--urls", "http://127.0.0.1:0"]])
        {
            var ended = await Command.ProcessAsync(database.ConnectionString, [.. command, "--production", "true"]);
            ended.Code.ShouldBe(1, ended.All);
            ended.ErrorLine.ShouldStartWith("billing: the database's schema is not up to date (");
            ended.ErrorLine.ShouldEndWith("more): run billing db-apply");
        }

        (await database.ContentsAsync()).ShouldBeEmpty();
        await ApplyAsync(database.ConnectionString, ("production", "true"));
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await Schema.EnsureAsync(Server.Settings(database.ConnectionString, ("production", "true")), source, CancellationToken.None);
    }

    [Fact]
    public async Task What_is_missing_is_named_and_db_apply_mends_it()
    {
        await using var database = await BareDatabase.CreateAsync();
        await ApplyAsync(database.ConnectionString);
        await database.ExecuteAsync("drop table billing.rejects; drop table billing_queue.wolverine_dead_letters; drop index billing.idx_mt_events_event_id");

        var assert = await Command.ProcessAsync(database.ConnectionString, "db-assert");
        assert.Code.ShouldBe(1);
        assert.Output.ShouldBeEmpty();
        assert.Error.ShouldContain("billing: billing.rejects is missing\n");
        assert.Error.ShouldContain("billing: billing_queue.wolverine_dead_letters is missing\n");
        assert.Error.ShouldContain("billing: billing.mt_events is not up to date\n");
        assert.Error.ShouldEndWith("billing: the schema is not up to date: run billing db-apply\n");

        var apply = await Command.ProcessAsync(database.ConnectionString, "db-apply");
        apply.Output.ShouldContain("made billing.rejects\n");
        apply.Output.ShouldContain("changed billing.mt_events\n");
        (await DifferencesAsync(database.ConnectionString)).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_superuser_right_is_needed()
    {
        await using var database = await BareDatabase.CreateAsync();
        var connection = database.ConnectionString;
        var role = $"billing_test_{Guid.NewGuid():N}";
        var isSuperuser = await database.ScalarAsync<bool>("select rolsuper from pg_roles where rolname = current_user");
        if (isSuperuser)
        {
            // the tests' user may do everything: the work is done as one that may not
            await database.ExecuteAsync($"create role {role} nosuperuser; grant create on database \"{new NpgsqlConnectionStringBuilder(connection).Database}\" to {role}");
            connection = new NpgsqlConnectionStringBuilder(connection) { Options = $"-c role={role}" }.ConnectionString;
        }

        try
        {
            await ApplyAsync(connection);
            (await DifferencesAsync(connection)).ShouldBeEmpty();
            await using var server = await Server.StartAsync(connection);
            using var calls = new StreamContent(File.OpenRead(MonthFiles.Demo("calls.csv")));
            (await server.Http.PostAsync("/api/v1/cdr-batches", calls)).IsSuccessStatusCode.ShouldBeTrue();
            (await server.Http.GetAsync("/health/ready")).IsSuccessStatusCode.ShouldBeTrue();
        }
        finally
        {
            if (isSuperuser)
            {
                await database.ExecuteAsync($"drop owned by {role} cascade; drop role {role}");
            }
        }
    }

    private static async Task ApplyAsync(string database, params (string Name, string Value)[] settings)
    {
        using var host = BillingHost.Build(Server.Settings(database, settings), HostMode.OneShot);
        await Schema.ApplyAsync(host, CancellationToken.None);
    }

    private static async Task<IReadOnlyList<SchemaDifference>> DifferencesAsync(string database)
    {
        using var host = BillingHost.Build(Server.Settings(database), HostMode.OneShot);
        return await Schema.DifferencesAsync(host, CancellationToken.None);
    }
}
