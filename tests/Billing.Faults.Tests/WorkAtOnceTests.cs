using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>Different work on the same contracts at the same time.</summary>
[Trait("Category", "Faults")]
public sealed class WorkAtOnceTests : IDisposable
{
    /// <summary>Late calls that nobody answered are on no invoice.</summary>
    private const string NotInvoicedOnce =
        """
        select coalesce(string_agg(format('%s %s: %s calls of %s yen, invoiced %s of %s', contract, usage_month, r.calls, r.charge, i.calls, i.charge), ', '), '') from
          (select contract, usage_month, count(*) calls, sum(charge) charge from billing.rated_calls where contract is not null and outcome = 'rated' group by 1, 2) r
          full join (select contract, usage_month, sum(calls) calls, sum(charge) charge from billing.invoiced_usage group by 1, 2) i using (contract, usage_month)
        where coalesce(r.calls, 0) <> coalesce(i.calls, 0) or coalesce(r.charge, 0) <> coalesce(i.charge, 0)
        """;

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Ingest_release_and_two_runs_of_invoices_leave_each_call_on_one_invoice()
    {
        var count = Size.Of(8_000, 200_000);
        MadeUp.Write(_folder.At("early.csv"), MadeUp.Calls(count, seed: 10));
        MadeUp.Write(_folder.At("late.csv"), MadeUp.Calls(count, seed: 10, first: count));
        MadeUp.Write(_folder.At("later.csv"), MadeUp.Calls(count, seed: 10, first: count * 3 / 2));
        await using var database = await DatabaseServer.Shared.CreateAsync();
        await database.IngestAsync(_folder.At("early.csv"));
        await database.DoneAsync("contracts", "import", _folder.Write("contracts.json", MadeUp.LateContractsDocument()));

        await AtOnceAsync(
            database,
            ["ingest", _folder.At("late.csv")],
            ["ingest", _folder.At("later.csv")],
            ["suspense", "release", "--reason", "unknown-number"],
            ["invoices", "issue", "--month", "2026-10"],
            ["invoices", "issue", "--month", "2026-10"]);

        await database.ShouldBeSoundAsync();
        (await database.CountAsync("select count(*) from billing.rated_calls") + await database.CountAsync("select count(*) from billing.suspense where released_as is null"))
            .ShouldBe(count * 5 / 2);

        // what came after its contract's invoice is on the next one
        await database.DoneAsync("invoices", "issue", "--month", "2026-11");
        (await database.TextAsync(NotInvoicedOnce)).ShouldBeEmpty("calls that are on no invoice or on two, by contract");
        await database.ShouldBeSoundAsync();
        await database.DoneAsync("invoices", "verify", "--month", "2026-10");
        await database.DoneAsync("invoices", "verify", "--month", "2026-11");
    }

    private static async Task AtOnceAsync(FaultDatabase database, params string[][] commands)
    {
        // all of them write events
        await using var gate = await TableGate.CloseAsync(database, "billing.mt_events");
        var processes = commands.Select(command => database.Start(command)).ToArray();
        try
        {
            await gate.OpenAsync(processes);
            var ended = await Task.WhenAll(processes.Select(process => process.EndAsync()));
            ended.ShouldAllBe(process => process.Code == 0, string.Concat(ended.Select(process => process.All)));
        }
        finally
        {
            Array.ForEach(processes, process => process.Dispose());
        }
    }
}
