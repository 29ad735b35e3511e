using Billing.Service.Corrections;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Tests.Corrections;
using Billing.Service.Tests.Disputes;
using Billing.Service.Tests.Invoicing;
using CsCheck;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Scenarios;

/// <summary>
/// Whatever is done to a few contracts, in whatever order or at once: every call is billed exactly once over all documents,
/// documents never change, and all sums agree.
/// </summary>
[Trait("Category", "Faults")]
public sealed class InterleavingTests
{
    private static readonly Gen<Doing> Step = Gen.Select(
        Gen.Int[0, ManyHands.Kinds - 1], Gen.Int[0, ManyHands.Calls - 1], Gen.Int[0, ManyHands.Variants - 1], (what, call, variant) => new Doing(what, call, variant));

    /// <summary>More with BILLING_FAULTS=large.</summary>
    private static readonly int Iterations = Environment.GetEnvironmentVariable("BILLING_FAULTS") == "large" ? 12 : 2;

    [Fact]
    public Task One_after_the_other_in_any_order_bills_every_call_once() =>
        Step.Array[30, 45].SampleAsync(
            async steps =>
            {
                await using var world = await ManyHands.NewWorldAsync();
                var hands = new ManyHands(world);
                foreach (var step in steps)
                {
                    await hands.DoAsync(step);
                }

                await hands.SettleAsync();
            },
            iter: Iterations, threads: 1, seed: "0000Sequences");

    [Fact]
    public Task All_at_once_bills_every_call_once() =>
        Step.Array[8, 14].Array[4].SampleAsync(
            async lanes =>
            {
                await using var world = await ManyHands.NewWorldAsync();
                var hands = new ManyHands(world);
                await world.IssueAsync(September);
                await Task.WhenAll(lanes.Select(steps => Task.Run(async () =>
                {
                    foreach (var step in steps)
                    {
                        await hands.DoAsync(step);
                    }
                })));
                await hands.SettleAsync();
            },
            iter: Iterations, threads: 1, seed: "0000Meanwhile");

    [Fact]
    public async Task An_invoice_run_a_late_ingest_a_dispute_and_a_tariff_correction_meet_on_one_contract()
    {
        const int rounds = 12;
        var contracts = Enumerable.Range(1, rounds).Select(i => Contract($"C-{i:D2}", $"050330000{i:D2}", limit: 50)).ToArray();
        await using var world = await NewAsync(contracts);
        await world.IngestAsync([.. contracts.SelectMany(contract => Enumerable.Range(1, 5)
            .Select(day => world.Call(contract.Numbers[0].Number, day == 1 ? Mobile : Fixed, $"2026-09-{day:D2}T10:00:00", id: $"{contract.Id}-{day}")))]);
        await world.IssueAsync(September);
        var issued = await world.IssuedDocumentsAsync();

        for (var round = 0; round < rounds; round++)
        {
            await MeetAsync(world, contracts[round].Id, contracts[round].Numbers[0].Number, round);
        }

        await world.ShouldHaveKeptAsync(issued);
        (await world.IssueAsync(October)).Parked.ShouldBeEmpty();
        (await world.IssueAsync(November)).Parked.ShouldBeEmpty();
        await world.ShouldStandAuditAsync();
        await world.ShouldBeBilledOnceAsync([.. contracts.Select(contract => (contract.Id, 50L))]);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    private static async Task MeetAsync(BilledWorld world, string contract, string number, int round)
    {
        var opened = await world.Database.InvokeAsync(DisputedWorld.Opening($"{contract}-1") with { Invoice = InvoiceKeys.Number(contract, September) });
        opened.Refusal.ShouldBeNull();
        await world.PublishAsync(RerateUsageTests.FixedAt($"{5 + round}.3"));
        string[] late = [world.Call(number, NewYork, "2026-09-20T10:00:00"), world.Call(number, Fixed, "2026-09-21T10:00:00"), world.Call(number, Fixed, "2026-10-02T10:00:00")];

        var resolved = Task.Run(() => world.ResolveAsync(opened.Id!, "upheld", round % 2 == 0 ? GrantAs.CreditNote : GrantAs.Adjustment));
        var rerated = Task.Run(async () =>
        {
            using var knowledge = new KnowledgeCache(world.Database.Database);
            var terms = CorrectedWorld.Terms(invoiced: new InvoicedCorrection(round % 3 == 0 ? GrantWords.CreditNote : GrantWords.Adjustment, null));
            return await new RerateUsage(world.Database.Database, knowledge, TimeProvider.System).RunAsync(September, contract, terms, null, default);
        });
        var run = Task.Run(() => world.IssueAsync(October, contract));
        await Task.WhenAll(Task.Run(() => world.DeliverAsync($"late-{round}.csv", late)), run, resolved, rerated);

        (await run).Issued.ShouldBe(1);
        (await resolved).Refusal.ShouldBeNull();
        (await rerated).Refusal.ShouldBeNull();
    }
}
