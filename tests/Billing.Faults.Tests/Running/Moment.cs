namespace Billing.Faults.Tests.Running;

/// <summary>
/// Holds inside the database whoever writes more than so many rows to a table: a moment of the work that does not pass before it was seen, however fast or
/// slow the machine is. Rows count from the call on, those that are rolled back too.
/// </summary>
internal sealed class Moment : IAsyncDisposable
{
    private const string Held = "from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'";

    private readonly FaultDatabase _database;

    private Moment(FaultDatabase database) => _database = database;

    public static async Task<Moment> AfterRowsAsync(FaultDatabase database, string table, int rows)
    {
        await database.ExecuteAsync("create schema moments; create sequence moments.rows");
        var moment = new Moment(database);
        await moment.SetAsync($"nextval('moments.rows') > {rows}");
        await database.ExecuteAsync($"create trigger hold before insert or update on {table} for each row execute function moments.hold()");
        return moment;
    }

    /// <summary>Until somebody is held.</summary>
    /// <param name="process">Who is expected to come to it.</param>
    /// <param name="name">What its connections are called, when others come to it too: it is held, or waits for a row of one that is.</param>
    public async Task ReachedAsync(BillingProcess process, string? name = null)
    {
        await using var watch = await _database.WatchAsync();
        var condition = $"exists (select {Held})";
        if (name is not null)
        {
            condition += $" and exists (select from pg_stat_activity where datname = current_database() and application_name = '{name}' and (wait_event = 'PgSleep' or wait_event_type = 'Lock'))";
        }

        (await Poll.UntilAsync("a row is held", () => watch.HoldsAsync($"select {condition}"), () => process.HasEnded))
            .ShouldBeTrue("the process ended before the moment");
    }

    /// <summary>Whoever is held stays so; others are held after so many rows more.</summary>
    public async Task MoveAsync(int rows) =>
        await SetAsync($"nextval('moments.rows') > {await _database.CountAsync("select last_value from moments.rows") + rows}");

    /// <summary>Whoever is held stays so; nobody else is any more.</summary>
    public Task EndAsync() => SetAsync("false");

    /// <summary>Those that are held end: who was killed has no other way to know it.</summary>
    public async ValueTask DisposeAsync()
    {
        // or they would come again and be held anew
        await EndAsync();
        await _database.RowAsync($"select count(pg_terminate_backend(pid, 10000)) {Held}");
        await _database.ExecuteAsync("drop schema moments cascade");
    }

    private Task SetAsync(string condition) => _database.ExecuteAsync(
        $"""
        create or replace function moments.hold() returns trigger language plpgsql as
        $hold$
        begin
          if {condition} then perform pg_sleep(600); end if;
          return new;
        end
        $hold$
        """);
}
