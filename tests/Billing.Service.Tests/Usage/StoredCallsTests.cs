using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Records;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Tests.Usage;

/// <summary>Stored calls are read straight from their JSON, whatever the order of its members, and those too that a file could not bring any more.</summary>
public sealed class StoredCallsTests
{
    private static readonly CallRecord Call = new()
    {
        Source = "sw-1",
        RecordId = "42",
        Kind = "call",
        Mode = "ip",
        CallingNumber = "05033000001",
        CalledNumber = "03-1234-5678",
        StartedAt = Instant.FromUtc(2026, 10, 1, 0, 0),
        AnsweredAt = Instant.FromUtc(2026, 10, 1, 0, 0, 5),
        EndedAt = Instant.FromUtc(2026, 10, 1, 0, 5),
        EndCause = "normal",
        TerminatingCarrier = "東京\"電話\"",
        Device = "android",
        AppVersion = "2.3.0",
    };

    [Fact]
    public void A_call_is_what_was_recorded_in_whatever_order_its_members_lie()
    {
        var stored = JsonSerializer.SerializeToNode(new CallSuspended(Call, "no-price", 7, 2, 3), BillingStore.Json)!.AsObject();
        var reversed = Reversed(stored);
        reversed["call"] = Reversed(reversed["call"]!.AsObject());
        reversed["call"]!["later"] = JsonNode.Parse("""{"kind":["x"]}""");
        var calls = new StoredCalls();
        foreach (var text in (string[])[stored.ToJsonString(), reversed.ToJsonString(), stored.ToJsonString(BillingStore.Json), reversed.ToJsonString(BillingStore.Json)])
        {
            var call = calls.Read(Encoding.UTF8.GetBytes(text));
            (call.Reason, call.Delivery, call.Line, call.Known).ShouldBe((SuspenseReason.NoPrice, 7, 2, 3));
            (Text(call.Row.Source), Text(call.Row.RecordId), call.Row.Kind, call.Row.Mode, call.Row.EndCause, call.Row.Device).ShouldBe(("sw-1", "42", CallKind.Call, CallMode.Ip, EndCause.Normal, Device.Android));
            (Text(call.Row.CallingNumber), Text(call.Row.CalledNumber), Text(call.Row.NormalisedCalledNumber)).ShouldBe(("05033000001", "03-1234-5678", "0312345678"));
            (Text(call.Row.TerminatingCarrier), Text(call.Row.AppVersion)).ShouldBe(("東京\"電話\"", "2.3.0"));
            (call.Row.StartedMs, call.Row.AnsweredMs, call.Row.EndedMs).ShouldBe((1790812800000, 1790812805000, 1790813100000));
        }
    }

    [Fact]
    public void A_record_that_a_file_could_not_bring_any_more_is_read_with_all_that_stands_behind_it()
    {
        var stored = new CallRecorded(Call with { RecordId = new string('9', 200), AppVersion = "2.3-beta" }, 7, 2, 3);

        var call = new StoredCalls().Read(JsonSerializer.SerializeToUtf8Bytes(stored, BillingStore.Json));

        (Text(call.Row.RecordId), Text(call.Row.AppVersion), Text(call.Row.NormalisedCalledNumber)).ShouldBe((stored.Call.RecordId, "2.3-beta", "0312345678"));
        (call.Delivery, call.Line, call.Known).ShouldBe((7, 2, 3));
    }

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);

    private static JsonObject Reversed(JsonObject json) =>
        new(json.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
}
