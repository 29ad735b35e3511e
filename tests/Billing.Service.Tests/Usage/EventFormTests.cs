using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using NodaTime;

namespace Billing.Service.Tests.Usage;

/// <summary>
/// The stored form of the events of calls and deliveries. These texts are in databases: a form may only change together with
/// a new version of the event and an upcaster from this one.
/// </summary>
public sealed class EventFormTests
{
    private static readonly Guid A = new("00000000-0000-0000-0000-00000000000a");
    private static readonly Guid B = new("00000000-0000-0000-0000-00000000000b");

    private static readonly CallRecord Call = new()
    {
        Source = "sw-1",
        RecordId = "42",
        Kind = "call",
        Mode = "mobile",
        CallingNumber = "09012345678",
        CalledNumber = "03-1234-5678",
        StartedAt = Instant.FromUtc(2026, 10, 1, 0, 0),
        AnsweredAt = Instant.FromUtc(2026, 10, 1, 0, 0, 5),
        EndedAt = Instant.FromUtc(2026, 10, 1, 0, 5) + Duration.FromMilliseconds(500),
        EndCause = "mobile-interrupt",
        SpeechLostAt = Instant.FromUtc(2026, 10, 1, 0, 4),
        PresentedNumber = "05033000001",
        Device = "android",
        AppVersion = "2.3.0",
    };

    private const string CallText =
        """{"source":"sw-1","recordId":"42","kind":"call","mode":"mobile","callingNumber":"09012345678","calledNumber":"03-1234-5678","startedAt":"2026-10-01T00:00:00Z","answeredAt":"2026-10-01T00:00:05Z","endedAt":"2026-10-01T00:05:00.5Z","endCause":"mobile-interrupt","speechLostAt":"2026-10-01T00:04:00Z","presentedNumber":"05033000001","device":"android","appVersion":"2.3.0"}""";

    public static TheoryData<object, string> Forms => new()
    {
        { new CallRecorded(Call, 7, 2, 3), $$"""{"call":{{CallText}},"delivery":7,"line":2,"known":3}""" },
        { new CallSuspended(Call, "no-price", 7, 2, 3), $$"""{"call":{{CallText}},"reason":"no-price","delivery":7,"line":2,"known":3}""" },
        {
            new CallReleased(A, B, "usage-C-1-2026-10", 4),
            """{"suspended":"00000000-0000-0000-0000-00000000000a","recorded":"00000000-0000-0000-0000-00000000000b","stream":"usage-C-1-2026-10","known":4}"""
        },
        {
            new UsageLimitReached("C-1", new UsageMonth(2026, 10), 80, Yen.Whole(100), Yen.Parse("80.5")),
            """{"contract":"C-1","month":"2026-10","percent":80,"limit":"100","usage":"80.5"}"""
        },
        {
            new NumbersRevealed("sw-1/42", "dispute 7", "finance-desk"),
            """{"what":"sw-1/42","reason":"dispute 7","by":"finance-desk"}"""
        },
        {
            new CallVoided(A, new CorrectionGrounds("wrong file", "finance", "ticket 1", "CN-1")),
            """{"call":"00000000-0000-0000-0000-00000000000a","grounds":{"reason":"wrong file","by":"finance","evidence":"ticket 1","document":"CN-1"}}"""
        },
        {
            new CallCorrected(A, Call, 4, new CorrectionGrounds("clock", "finance")),
            $$$"""{"call":"00000000-0000-0000-0000-00000000000a","facts":{{{CallText}}},"known":4,"grounds":{"reason":"clock","by":"finance"}}"""
        },
        {
            new UsageRerated(4, new CorrectionGrounds("price", "finance")),
            """{"known":4,"grounds":{"reason":"price","by":"finance"}}"""
        },
        {
            new UsageRerated(4, new CorrectionGrounds("price", "finance"), [A]),
            """{"known":4,"grounds":{"reason":"price","by":"finance"},"except":["00000000-0000-0000-0000-00000000000a"]}"""
        },
        {
            new DeliveryRolledBack([7, 9], 3, 1, new CorrectionGrounds("wrong file", "finance")),
            """{"deliveries":[7,9],"calls":3,"suspended":1,"grounds":{"reason":"wrong file","by":"finance"}}"""
        },
        {
            new FileReceived(7, "calls.csv", "ab", 1),
            """{"delivery":7,"file":"calls.csv","sha256":"ab","attempt":1}"""
        },
        {
            new FileCompleted(7, new ReceiptDocument
            {
                File = "calls.csv",
                Sha256 = "ab",
                Rows = 3,
                Outcomes = new OutcomeCountsDocument { Rated = 1, Unanswered = 0, Suspended = 1, Duplicate = 0, Rejected = 1 },
                Reasons = new ReasonCountsDocument
                {
                    Suspended = new Dictionary<string, long> { ["no-price"] = 1 },
                    Rejected = new Dictionary<string, long> { ["bad-time"] = 1 },
                },
                UnknownColumns = ["trunk"],
            }),
            """{"delivery":7,"receipt":{"file":"calls.csv","sha256":"ab","rows":3,"outcomes":{"rated":1,"unanswered":0,"suspended":1,"duplicate":0,"rejected":1},"reasons":{"suspended":{"no-price":1},"rejected":{"bad-time":1}},"unknownColumns":["trunk"]}}"""
        },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void An_event_is_stored_in_the_form_it_always_had(object happened, string form)
    {
        JsonSerializer.Serialize(happened, BillingStore.Json).ShouldBe(form);
        JsonSerializer.Serialize(JsonSerializer.Deserialize(form, happened.GetType(), BillingStore.Json), BillingStore.Json).ShouldBe(form);
    }
}
