using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Corrections;
using Billing.Service.Knowledge;
using Billing.Service.Tests.Invoicing;
using Billing.Service.Usage;

namespace Billing.Service.Tests.Corrections;

/// <summary>Corrects calls of a world, and looks at the read tables.</summary>
internal static class CorrectedWorld
{
    private const string UsageRows =
        """
        select coalesce(string_agg(r, E'\n' order by r collate "C"), '') from (
          select row(usage_month, contract, class, carrier, tax_category, calls, chargeable_ms, trim_scale(charge), tail_ms, trim_scale(tail_charge))::text r
          from billing.month_usage) x
        """;

    public static CorrectionGrounds Grounds { get; } = new("wrongly metered", "finance", "ticket 4711");

    public static CorrectionTerms Terms(bool write = true, InvoicedCorrection? invoiced = null) => new(Grounds, write, invoiced);

    public static Task<CorrectionReport> VoidAsync(this BilledWorld world, params string[] calls) => world.CorrectAsync([.. calls.Select(call => new CallToCorrect(call, null))]);

    public static async Task<CorrectionReport> CorrectAsync(this BilledWorld world, params CallToCorrect[] calls)
    {
        var (report, refusal) = await world.TryCorrectAsync(Terms(), calls);
        refusal.ShouldBeNull();
        return report!;
    }

    public static async Task<Refusal> RefusedAsync(this BilledWorld world, params CallToCorrect[] calls)
    {
        var before = await world.StateAsync();
        var (report, refusal) = await world.TryCorrectAsync(Terms(), calls);
        report.ShouldBeNull();
        (await world.StateAsync()).ShouldBe(before);
        return refusal.ShouldNotBeNull();
    }

    public static async Task<(CorrectionReport? Report, Refusal? Refusal)> TryCorrectAsync(
        this BilledWorld world, CorrectionTerms terms, CallToCorrect[] calls)
    {
        using var knowledge = new KnowledgeCache(world.Database.Database);
        return await new CorrectCalls(world.Database.Database, knowledge, TimeProvider.System).RunAsync(calls, terms, default);
    }

    public static CallToCorrect Void(string call) => new(call, null);

    public static CallToCorrect Facts(string call, CorrectedFactsDocument facts) => new(call, facts);

    public static async Task<ReratingReport> RerateAsync(this BilledWorld world, UsageMonth month, string? contract = null, CorrectionTerms? terms = null)
    {
        using var knowledge = new KnowledgeCache(world.Database.Database);
        var (report, refusal) = await new RerateUsage(world.Database.Database, knowledge, TimeProvider.System).RunAsync(month, contract, terms ?? Terms(), null, default);
        refusal.ShouldBeNull();
        return report!;
    }

    public static async Task<ReleaseResult> ReleaseAsync(this BilledWorld world)
    {
        using var knowledge = new KnowledgeCache(world.Database.Database);
        return await new ReleaseSuspended(world.Database.Database, knowledge, TimeProvider.System).RunAsync(new ReleaseRequest(null, null, null, []), default);
    }

    /// <summary>The read tables of calls as text.</summary>
    public static async Task<string> StateAsync(this BilledWorld world) => string.Join(
        "\n\n",
        await world.Database.DigestAsync("rated_calls"),
        await world.UsageAsync(),
        await world.Database.DigestAsync("suspense"),
        await world.Database.DigestAsync("call_corrections"));

    public static Task<string> UsageAsync(this BilledWorld world) => world.Database.ScalarAsync<string>(UsageRows);

    public static Task<RebuildResult> RebuildAsync(this BilledWorld world, UsageMonth? month = null) =>
        new RebuildReadTables(world.Database.Database) { EventsOfARange = 50 }.RunAsync(month, null, default);

    /// <summary>The rows are those that a rebuild makes, and those of the projection; everything adds up.</summary>
    public static async Task ShouldBeWhatTheLogSaysAsync(this BilledWorld world)
    {
        var before = await world.StateAsync();
        await world.RebuildAsync();
        (await world.StateAsync()).ShouldBe(before);
        using var daemon = await world.Database.Store.BuildProjectionDaemonAsync();
        await daemon.RebuildProjectionAsync(RatedCallsProjection.ProjectionName, default);
        (await world.StateAsync()).ShouldBe(before);
        var reconciled = await Reconcile.RunAsync(world.Database.Database, null, default);
        reconciled.Checks.Where(check => !check.Holds).ShouldBeEmpty();
        reconciled.Deliveries.Where(delivery => !delivery.Holds).ShouldBeEmpty();
    }

    public static Task<string> ChargeAsync(this BilledWorld world, string contract, UsageMonth month) =>
        world.Database.ScalarAsync<string>($"select coalesce(trim_scale(sum(charge)), 0)::text from billing.month_usage where contract = '{contract}' and usage_month = '{month}-01'");
}
