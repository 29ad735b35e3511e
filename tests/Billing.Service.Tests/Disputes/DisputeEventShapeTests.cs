using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using NodaTime;
using static Billing.Service.Tests.Disputes.SampleDispute;

namespace Billing.Service.Tests.Disputes;

/// <summary>
/// The stored form of the events of disputes and credits. A snapshot that no longer holds means that events in the log can not
/// be read, or no longer say what they said: give the event a new name and upcast the old one.
/// </summary>
public sealed class DisputeEventShapeTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static Dictionary<string, object> Events
    {
        get
        {
            var note = Granted<CreditNoteIssued>(GrantAs.CreditNote);
            return new Dictionary<string, object>
            {
                ["dispute_opened.v1"] = Opened(16, [Call("r1"), Call("r2") with { Class = "paid-050", Carrier = "kddi" }], 2, 3),
                ["dispute_evidence_added.v1"] = new DisputeEvidenceAdded("switch log", "ticket 7", InvoiceKeys.NoCalls, "dispute-1", Today),
                ["dispute_replay_attached.v1"] = new DisputeReplayAttached(
                    new AttachedReplay(3, InvoiceKeys.NoCalls, 2, Yen.Whole(354), Yen.Whole(340), "2026-11-20T00:00:00Z", "2026-01", InvoiceKeys.NoCalls, InvoiceKeys.NoCalls, InvoiceKeys.NoCalls), "dispute-1", Today),
                ["dispute_comparison_attached.v1"] = new DisputeComparisonAttached(
                    new AttachedComparison("theirs.csv", InvoiceKeys.NoCalls, [new ComparedClass("equal", 12, Yen.Whole(96), Yen.Whole(96)), new ComparedClass("missing-there", 1)]), "dispute-1", Today),
                ["dispute_resolved.v1"] = new DisputeResolved("partly-upheld", "counted twice", "finance-1", Today, "202610-C-1-CN1", Yen.Whole(8)),
                ["dispute_withdrawn.v1"] = Withdrawn,
                ["dispute_numbers_revealed.v1"] = new DisputeNumbersRevealed("court order", "auditor-1", Today),
                ["credit_note_issued.v1"] = note with { Key = "correction-7", Covered = [Issued().Covered[0]] },
                ["adjustment_granted.v1"] = Granted<AdjustmentGranted>(GrantAs.Adjustment) with { Key = "correction-7", Covered = [Issued().Covered[0]] },
                ["adjustment_settled.v1"] = new AdjustmentSettled("202610-C-1-ADJ1", "202611-C-1"),
            };
        }
    }

    public static TheoryData<string> Names => [.. Events.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_event_is_written_as_it_always_was_and_read_back_whole(string name)
    {
        var happened = Events[name];
        var written = JsonNode.Parse(JsonSerializer.Serialize(happened, happened.GetType(), BillingStore.Json))!.ToJsonString(Indented) + "\n";
        var snapshot = Snapshot(name);
        if (!File.Exists(snapshot))
        {
            File.WriteAllText(snapshot, written);
            Assert.Fail($"There was no snapshot of {name}: it was written, look at it and commit it.");
        }

        written.ShouldBe(File.ReadAllText(snapshot));
        var read = JsonSerializer.Deserialize(written, happened.GetType(), BillingStore.Json);
        JsonSerializer.Serialize(read, happened.GetType(), BillingStore.Json).ShouldBe(JsonSerializer.Serialize(happened, happened.GetType(), BillingStore.Json));
    }

    [Fact]
    public void An_issued_invoice_without_adjustments_says_nothing_of_them()
    {
        var json = JsonSerializer.Serialize(Issued(), BillingStore.Json);
        json.ShouldNotContain("adjustments");
        json.ShouldNotContain("\"rate\":null");
        JsonSerializer.Deserialize<InvoiceIssued>(json, BillingStore.Json)!.Adjustments.ShouldBeNull();
    }

    private static T Granted<T>(GrantAs kind) =>
        (T)Billing.Service.Disputes.ResolveDisputeHandler.Decide(Resolve("upheld", kind), Given(Opened(16, [Call("r1")], 3) with { Amount = Yen.Whole(100) }), Ledger()).Resolution!.Grant!;

    private static string Snapshot(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Snapshots", $"{name}.json");
}
