namespace Billing.Faults.Tests;

/// <summary>A moment of an ingest, told by what another connection can see.</summary>
internal abstract record KillPoint
{
    /// <summary>A condition in SQL that becomes true at the moment.</summary>
    public abstract string Condition(int attempt);

    /// <summary>The kinds in turn, each somewhere by chance.</summary>
    public static KillPoint Of(int kill, int rows, Random random) => (kill % 4) switch
    {
        0 => new AfterRows(1 + random.Next(rows / 3)),
        1 => new WhileCopying("billing.mt_events", random.Next(10_000)),
        2 => new Begun(),
        _ => new AfterRowsWhileCopying(random.Next(rows / 2), random.Next(10_000)),
    };

    /// <summary>The attempt is known, no row of it is in.</summary>
    private sealed record Begun : KillPoint
    {
        public override string Condition(int attempt) => $"select true from billing.deliveries where attempt = {attempt}";
    }

    /// <summary>A batch has been committed.</summary>
    private sealed record AfterRows(int Rows) : KillPoint
    {
        public override string Condition(int attempt) => $"select rows >= {Rows} and completed_at is null from billing.deliveries where attempt = {attempt}";
    }

    /// <summary>In the middle of a batch.</summary>
    private sealed record WhileCopying(string Table, int Rows) : KillPoint
    {
        public override string Condition(int attempt) =>
            $"select tuples_processed >= {Rows} from pg_stat_progress_copy where datname = current_database() and relid = '{Table}'::regclass";
    }

    /// <summary>In the middle of a batch that is not the first one.</summary>
    private sealed record AfterRowsWhileCopying(int After, int Rows) : KillPoint
    {
        public override string Condition(int attempt) =>
            $"""
            select exists (select from billing.deliveries where attempt = {attempt} and rows >= {After})
              and exists (select from pg_stat_progress_copy where datname = current_database() and tuples_processed >= {Rows})
            """;
    }
}
