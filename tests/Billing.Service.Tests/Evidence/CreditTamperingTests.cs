using Billing.Contracts;
using Billing.Service.Corrections;
using Billing.Service.Evidence;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Corrections;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Evidence;

/// <summary>A credit note, an adjustment or what they cover is changed behind the service's back, and the verification names it.</summary>
public class CreditTamperingTests(CreditTamperingTests.Untouched untouched) : IClassFixture<CreditTamperingTests.Untouched>
{
    private const string One = "05033000001";
    private const string Note = "stream_id = 'invoice-C-1-2026-09' and type = 'credit_note_issued.v1'";
    private const string Adjustment = "stream_id = 'invoice-C-1-2026-09' and type = 'adjustment_granted.v1'";

    [Fact]
    public async Task Untouched_credits_verify_and_are_in_the_digest_of_the_month_of_their_invoice()
    {
        await using var world = await untouched.CopyAsync();

        var result = await VerifyAsync(world);

        result.Links.ShouldBeEmpty();
        result.Documents.Select(documents => $"{documents.Month} {documents.Invoices} {documents.Credits}").ShouldBe(["2026-09 1 3", "2026-10 1 0"]);
        foreach (var (check, compared) in new[]
        {
            (VerifyCredits.Documents, 3L), (VerifyCredits.Settled, 1), (VerifyCreditRows.NoteRows, 2), (VerifyCreditRows.AdjustmentRows, 1), (VerifyFollowing.Carried, 1),
        })
        {
            result.Checks.Single(one => one.Check == check).Compared.ShouldBe(compared, check);
        }

        // what the correction's credit note took back is among them
        result.Checks.Single(check => check.Check == VerifyCovered.CoveredRows).Compared.ShouldBe(await world.Database.ScalarAsync<long>("select count(*) from billing.invoiced_usage"));
    }

    [Fact]
    public async Task A_digest_published_before_a_credit_holds_after_it_and_not_when_an_earlier_document_changed()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
        await world.IssueAsync(BilledWorld.September);
        var published = (await VerifyAsync(world)).Documents[0].Digest;
        (await world.GrantAsync("202609-C-1", Credits.Request(GrantAs.CreditNote, "S", -10))).Refusal.ShouldBeNull();

        var after = await VerifyAsync(world, published);
        after.Holds.ShouldBeTrue();
        after.Documents[0].Digest.ShouldNotBe(published);
        await world.Database.ExecuteAsync("update billing.mt_events set data = jsonb_set(data, '{tariffVersion}', '\"forged\"') where type = 'invoice_issued.v1'");

        (await VerifyAsync(world, published)).First!.Stream.ShouldBe("invoices of 2026-09");
    }

    [Theory]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{note,total}', '\"-1\"') where " + Note, "invoice-C-1-2026-09")]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{note,reason}', '\"other\"') where " + Note, "invoice-C-1-2026-09")]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{note,lines}', '[]') where " + Note, "invoice-C-1-2026-09")]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{digest}', '\"00\"') where " + Note, "invoice-C-1-2026-09")]
    [InlineData("update billing.mt_events set data = '{}' where " + Note, "invoice-C-1-2026-09")]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{note,issuedAt}', '\"2026-12-02T00:00:00Z\"') where " + Note, "credit_notes 202609-C-1-CN1")]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{covered,0,streamVersion}', '2') where " + Note, "invoiced_usage 202609-C-1-CN2 C-1 2026-09")]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{lines,0,amount}', '\"-1\"') where " + Adjustment, "adjustments 202609-C-1-ADJ1")]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{adjustment}', '\"202609-C-1-ADJ2\"') where " + Adjustment, "invoice-C-1-2026-09")]
    [InlineData("update billing.mt_events set data = jsonb_set(data, '{invoice}', '\"202610-C-9\"') where type = 'adjustment_settled.v1'", "adjustments 202609-C-1-ADJ1")]
    [InlineData("update billing.mt_events set data = data - 'adjustments' where stream_id = 'invoice-C-1-2026-10'", "adjustment on invoice 202610-C-1 202609-C-1-ADJ1")]
    [InlineData("update billing.credit_notes set total = total - 1 where number = '202609-C-1-CN1'", "credit_notes 202609-C-1-CN1")]
    [InlineData("update billing.credit_notes set invoice = '202610-C-1' where number = '202609-C-1-CN1'", "credit_notes 202609-C-1-CN1")]
    [InlineData("update billing.credit_notes set dispute = 'D-1' where number = '202609-C-1-CN1'", "credit_notes 202609-C-1-CN1")]
    [InlineData("delete from billing.credit_notes where number = '202609-C-1-CN1'", "credit_notes 202609-C-1-CN1")]
    [InlineData("update billing.credit_notes set number = '202609-C-1-CN7' where number = '202609-C-1-CN1'", "credit_notes 202609-C-1-CN1")]
    [InlineData("insert into billing.credit_notes select '202609-C-1-CN7', invoice, contract, month, customer, issued_at, subtotal, tax, total, dispute, reason, digest from billing.credit_notes limit 1", "credit_notes 202609-C-1-CN7")]
    [InlineData("update billing.adjustments set amount = amount - 1", "adjustments 202609-C-1-ADJ1")]
    [InlineData("update billing.adjustments set lines = '[]'", "adjustments 202609-C-1-ADJ1")]
    [InlineData("update billing.adjustments set settled_by = null", "adjustments 202609-C-1-ADJ1")]
    [InlineData("delete from billing.adjustments", "adjustments 202609-C-1-ADJ1")]
    [InlineData("insert into billing.adjustments select '202609-C-1-ADJ7', invoice, contract, month, amount, granted_at, dispute, reason, lines, settled_by from billing.adjustments", "adjustments 202609-C-1-ADJ7")]
    [InlineData("update billing.invoiced_usage set amount = amount + 1 where invoice = '202609-C-1-CN2'", "invoiced_usage 202609-C-1-CN2 C-1 2026-09")]
    [InlineData("delete from billing.invoiced_usage where invoice = '202609-C-1-CN2'", "invoiced_usage 202609-C-1-CN2 C-1 2026-09")]
    [InlineData("delete from billing.mt_events where type = 'usage_month_closed.v1' and data->>'invoice' = '202609-C-1-CN2'", "closing usage-C-1-2026-09 event 5")]
    public async Task A_changed_credit_is_named(string tampering, string named)
    {
        await using var world = await untouched.TamperedAsync(tampering, most: 2);

        var result = await VerifyAsync(world);

        result.Holds.ShouldBeFalse();
        result.Links.Select(link => link.Stream).ShouldContain(named);
    }

    private static Task<Verification> VerifyAsync(BilledWorld world, string? published = null) =>
        new VerifyStore(world.Database.Database).RunAsync(published is null ? null : BilledWorld.September, published, null, default);

    /// <summary>September with a goodwill credit note, a correction's credit note and an adjustment that October's invoice carries.</summary>
    public sealed class Untouched : UntouchedWorld
    {
        protected override async Task<BilledWorld> MakeAsync()
        {
            var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One));
            await world.IngestAsync(world.Call(One, BilledWorld.Mobile, "2026-09-03T10:00:00", id: "billed"), world.Call(One, BilledWorld.Fixed, "2026-09-03T11:00:00"));
            await world.IssueAsync(BilledWorld.September);
            foreach (var kind in new[] { GrantAs.CreditNote, GrantAs.Adjustment })
            {
                (await world.GrantAsync("202609-C-1", Credits.Request(kind, "S", -10))).Refusal.ShouldBeNull();
            }

            var (_, refusal) = await world.TryCorrectAsync(CorrectedWorld.Terms(invoiced: new InvoicedCorrection("credit-note", null)), [CorrectedWorld.Void("sw-1/billed")]);
            refusal.ShouldBeNull();
            await world.IssueAsync(BilledWorld.October);
            return world;
        }
    }
}
