using System.Collections.Concurrent;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Corrections;
using Billing.Service.Hosting;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Tests.Corrections;
using Billing.Service.Tests.Disputes;
using Billing.Service.Tests.Invoicing;
using static Billing.Service.Tests.Invoicing.BilledWorld;

namespace Billing.Service.Tests.Scenarios;

/// <summary>One thing that somebody does: what, to which call or contract, and how.</summary>
internal sealed record Doing(int What, int Call, int Variant);

/// <summary>
/// All who work on the same few contracts. Whatever they do succeeds or is refused; an exception is a defect. Documents that
/// came to be seen are looked at again after every step.
/// </summary>
internal sealed class ManyHands(BilledWorld world)
{
    public const int Kinds = 14;
    public const int Calls = 18;
    public const int Variants = 12;

    private static readonly string[] Numbers = ["05033000001", "05033000002", "05033000003"];
    private static readonly string[] Called = [Fixed, Mobile, NewYork, OnNet];

    private readonly ConcurrentDictionary<string, string> _documents = new();
    private int _files;

    /// <summary>The usage limits of those contracts that have one.</summary>
    public static IReadOnlyList<(string Contract, long Limit)> Limits { get; } = [("C-1", 40), ("C-3", 25)];

    /// <summary>The third contract is unknown at first: its calls are suspended.</summary>
    public static Task<BilledWorld> NewWorldAsync() => NewAsync(Contract("C-1", Numbers[0], limit: 40), Contract("C-2", Numbers[1]));

    public async Task DoAsync(Doing doing)
    {
        var month = doing.Call % 2 == 0 ? September : October;
        await (doing.What switch
        {
            <= 3 => TakeInAsync(doing, month),
            4 => world.IssueAsync(September, doing.Variant % 2 == 0 ? null : "C-1"),
            5 => world.IssueAsync(October, doing.Variant % 2 == 0 ? null : "C-2"),
            6 or 7 => DisputeAsync(doing, InvoiceKeys.Number($"C-{1 + (doing.Call % 3)}", month)),
            8 => SetPriceRightAsync(doing, month),
            9 or 10 => CorrectAsync(doing, null),
            11 => CorrectAsync(doing, new CorrectedFactsDocument { CalledNumber = Called[doing.Variant % 4] }),
            12 => AssignAndReleaseAsync(),
            _ => world.RebuildAsync(doing.Variant % 3 == 0 ? month : null),
        });
        await LookAsync();
    }

    /// <summary>What is left is settled by the last invoices; then everything is billed once.</summary>
    public async Task SettleAsync()
    {
        await AssignAndReleaseAsync();
        foreach (var month in new[] { September, October, November })
        {
            (await world.IssueAsync(month)).Parked.ShouldBeEmpty();
        }

        await LookAsync();
        await world.ShouldStandAuditAsync();
        await world.ShouldBeBilledOnceAsync([.. Limits]);
        await world.ShouldBeWhatTheLogSaysAsync();
    }

    /// <summary>A document that was seen once is there still, as it was.</summary>
    private async Task LookAsync()
    {
        var seen = _documents.ToArray();
        await world.ShouldHaveKeptAsync(seen.ToDictionary());
        foreach (var (id, document) in await world.IssuedDocumentsAsync())
        {
            _documents.GetOrAdd(id, document).ShouldBe(document);
        }
    }

    /// <summary>A file with one call or two; the same identity comes again, at times with other facts.</summary>
    private async Task TakeInAsync(Doing doing, UsageMonth month)
    {
        string Row(int call)
        {
            var row = world.Call(Numbers[call % 3], Called[(call + (doing.Variant / 9)) % 4], $"{month}-{1 + call:D2}T10:00:00", 60 + (30 * (call % 5)), $"x{call}");
            var fields = row.Split(',');
            return doing.Variant == 7 ? string.Join(',', [.. fields[..7], "", fields[8]]) : row;
        }

        string[] rows = doing.Variant % 2 == 0 ? [Row(doing.Call)] : [Row(doing.Call), Row((doing.Call + 2) % Calls)];
        await world.DeliverAsync($"hands-{Interlocked.Increment(ref _files)}.csv", [.. rows, .. Enumerable.Repeat(rows[0], _files)]);
    }

    private async Task DisputeAsync(Doing doing, string invoice)
    {
        var byCall = doing.Variant % 2 == 0;
        var opening = (byCall ? DisputedWorld.Opening($"x{doing.Call}") : DisputedWorld.Opening()) with { Invoice = invoice };
        var opened = await world.Database.InvokeAsync(opening);
        if (opened.Refusal is not null)
        {
            return;
        }

        var selection = byCall ? CreditSelection.None : Credits.Amounts(("S", 30 + (5 * doing.Variant)));
        _ = doing.Variant % 4 == 3
            ? await world.ResolveAsync(opened.Id!, "rejected")
            : await world.ResolveAsync(opened.Id!, "upheld", doing.Variant % 3 == 0 ? GrantAs.CreditNote : GrantAs.Adjustment, selection);
    }

    private async Task SetPriceRightAsync(Doing doing, UsageMonth month)
    {
        await RetriedAsync(() => world.PublishAsync(RerateUsageTests.FixedAt($"{4 + doing.Variant}.7")));
        using var knowledge = new KnowledgeCache(world.Database.Database);
        await new RerateUsage(world.Database.Database, knowledge, TimeProvider.System).RunAsync(month, null, Terms(doing), null, default);
    }

    private Task<(CorrectionReport? Report, Refusal? Refusal)> CorrectAsync(Doing doing, CorrectedFactsDocument? facts) =>
        world.TryCorrectAsync(Terms(doing), [new CallToCorrect($"sw-1/x{doing.Call}", facts)]);

    private async Task AssignAndReleaseAsync()
    {
        await RetriedAsync(() => world.ImportAsync(Contract("C-3", Numbers[2], limit: 25)));
        await world.ReleaseAsync();
    }

    private static CorrectionTerms Terms(Doing doing) => CorrectedWorld.Terms(invoiced: (doing.Variant % 3) switch
    {
        0 => null,
        1 => new InvoicedCorrection(GrantWords.CreditNote, null),
        _ => new InvoicedCorrection(GrantWords.Adjustment, null),
    });

    /// <summary>Sessions of a test are retried as those of a handler are.</summary>
    public static async Task RetriedAsync(Func<Task> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return;
            }
            catch (Exception fault) when (attempt < 20 && BillingHost.IsContention(fault))
            {
                // another one was first; on what stands now
            }
        }
    }
}
