using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Knowledge;
using static Billing.Service.Tests.Subscriptions.Sample;

namespace Billing.Service.Tests.Knowledge;

/// <summary>
/// The stored form of every event of a contract, tariff or reference. A snapshot that no longer holds means that events
/// in the log can not be read, or no longer say what they said: give the event a new name and upcast the old one.
/// </summary>
public sealed class EventShapeTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static Dictionary<string, object> Events => new()
    {
        ["contract_opened.v1"] = new ContractOpened("C-1001", ServiceKind.WMode, Customer, Date("2026-04-01")),
        ["customer_changed.v1"] = new CustomerChanged(Customer with { Kind = null, Country = null, CorporateNumber = null }),
        ["opening_moved.v1"] = new OpeningMoved(Date("2026-04-15")),
        ["number_assigned.v1"] = new NumberAssigned(Number("05033000001", "09012345678", "2026-04-01", "2026-10-15") with { Department = "営業部" }),
        ["number_withdrawn.v1"] = new NumberWithdrawn("05033000001", Date("2026-04-01")),
        ["usage_limits_set.v1"] = new UsageLimitsSet([Limit(1_000_000, "2026-04-01", "2026-10-01"), Limit(500_000, "2026-10-01")]),
        ["options_set.v1"] = new OptionsSet([Phonebook(30, "2026-05-01")]),
        ["billing_station_set.v1"] = new BillingStationSet(StationFrom("2026-04-01", "2027-04-01")),
        ["contract_terminated.v1"] = new ContractTerminated(Date("2026-10-16")),
        ["termination_cancelled.v1"] = new TerminationCancelled(),
        ["deposit_recorded.v1"] = new DepositRecorded("received", Yen.Whole(50_000), Date("2026-04-01")),
        ["tariff_version_published.v1"] = new TariffVersionPublished(Tariffs.SampleTariff.Everything),
        ["tariff_version_withdrawn.v1"] = new TariffVersionWithdrawn("2026-04"),
        ["reference_published.v1"] = new ReferencePublished(Tariffs.SampleTariff.Reference),
    };

    public static TheoryData<string> Names => [.. KnowledgeStreams.Types.Keys];

    private static CustomerDocument Customer => new() { Name = "株式会社サンプル", Kind = "corporate", Country = "JP", CorporateNumber = "1180301018771" };

    [Theory]
    [MemberData(nameof(Names))]
    public void An_event_is_written_as_it_always_was(string name)
    {
        Events[name].GetType().ShouldBe(KnowledgeStreams.Types[name]);
        var written = JsonNode.Parse(JsonSerializer.Serialize(Events[name], Events[name].GetType(), BillingStore.Json))!.ToJsonString(Indented) + "\n";
        var snapshot = Snapshot(name);
        if (!File.Exists(snapshot))
        {
            File.WriteAllText(snapshot, written);
            Assert.Fail($"There was no snapshot of {name}: it was written, look at it and commit it.");
        }

        written.ShouldBe(File.ReadAllText(snapshot));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_event_that_was_written_is_read_back_whole(string name)
    {
        var type = KnowledgeStreams.Types[name];
        var read = JsonSerializer.Deserialize(File.ReadAllText(Snapshot(name)), type, BillingStore.Json);
        JsonSerializer.Serialize(read, type, BillingStore.Json).ShouldBe(JsonSerializer.Serialize(Events[name], type, BillingStore.Json));
    }

    private static string Snapshot(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "Snapshots", $"{name}.json");
}
