using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>The process is killed while it issues a month's invoices and run again: each contract gets one, and the right one.</summary>
[Trait("Category", "Faults")]
public sealed class KilledInvoiceRunTests : IDisposable
{
    private const string Month = "2026-10";

    /// <summary>Everything of the issued invoices but the instants of issue, and the digests that seal when the calls came.</summary>
    private const string Invoices =
        """
        select count(*) || ' invoices ' || sum(hashtextextended(stream_id || (data #- '{invoice,issuedAt}' || jsonb_build_object('covered', covered))::text, 0)::numeric)
        from billing.mt_events, lateral (select jsonb_agg(part - 'digest') covered from jsonb_array_elements(data -> 'covered') part) c where type = 'invoice_issued.v1'
        """;

    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Killed_again_and_again_a_run_issues_each_invoice_once_and_as_if_undisturbed()
    {
        MadeUp.Write(_folder.At("calls.csv"), MadeUp.Calls(Size.Of(10_000, 300_000), seed: 9));
        await using var undisturbed = await DatabaseServer.Shared.CreateAsync();
        await undisturbed.IngestAsync(_folder.At("calls.csv"));
        await undisturbed.DoneAsync("invoices", "issue", "--month", Month);
        await using var database = await DatabaseServer.Shared.CreateAsync();
        await database.IngestAsync(_folder.At("calls.csv"));

        for (var kill = 0; kill < Size.Of(3, 12); kill++)
        {
            await KillAsync(database, kill);
        }

        var report = await database.JsonAsync("invoices", "issue", "--month", Month);

        var before = report.GetProperty("alreadyIssued").GetInt32();
        before.ShouldBeInRange(1, MadeUp.Contracts - 1);
        (before + report.GetProperty("issued").GetInt32()).ShouldBe(MadeUp.Contracts);
        report.GetProperty("parked").GetArrayLength().ShouldBe(0);
        (await database.CountAsync("select count(distinct contract) from billing.invoices")).ShouldBe(MadeUp.Contracts);
        (await database.TextAsync(Invoices)).ShouldBe(await undisturbed.TextAsync(Invoices));
        await database.ShouldBeSoundAsync();
        await database.DoneAsync("invoices", "verify", "--month", Month);
    }

    /// <summary>After a transaction was committed, while streams are written and while rows are, in turn.</summary>
    private static async Task KillAsync(FaultDatabase database, int kill)
    {
        // transactions are of 500 contracts, two at a time
        await using var moment = await ((kill % 3) switch
        {
            0 => Moment.AfterRowsAsync(database, "billing.invoices", 1_000),
            1 => Moment.AfterRowsAsync(database, "billing.mt_streams", 100),
            _ => Moment.AfterRowsAsync(database, "billing.invoices", 50),
        });
        using var issue = database.Start("invoices", "issue", "--month", Month);
        await moment.ReachedAsync(issue);
        await issue.KillAsync();
    }
}
