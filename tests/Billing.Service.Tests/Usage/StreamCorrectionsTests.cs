using Billing.Contracts.Events;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Tests.Usage;

/// <summary>What the correction events of a stream say of a call, whatever their order and however far one looks.</summary>
public sealed class StreamCorrectionsTests
{
    private static readonly CorrectionGrounds Grounds = new("test", "tester");
    private static readonly Guid Call = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid Other = new("00000000-0000-0000-0000-000000000002");

    [Fact]
    public void A_stream_without_corrections_leaves_its_calls_as_they_were_recorded()
    {
        StreamCorrections.Of([]).Of(Call, 1).ShouldBe(default);
        StreamCorrections.Of([(9, new CallReleased(Call, Other, "usage", 3))]).Of(Call, 1).ShouldBe(default);
    }

    [Fact]
    public void A_voided_call_is_void_from_the_event_on_and_no_other_is()
    {
        (long, object)[] events = [(5, new CallVoided(Call, Grounds))];

        StreamCorrections.Of(events).Of(Call, 1).IsVoided.ShouldBeTrue();
        StreamCorrections.Of(events).Of(Other, 2).ShouldBe(default);
        StreamCorrections.Of(events, before: 6).Of(Call, 1).IsVoided.ShouldBeTrue();
        StreamCorrections.Of(events, before: 5).Of(Call, 1).IsVoided.ShouldBeFalse();
    }

    [Fact]
    public void The_last_correction_of_a_call_counts_as_far_as_one_looks()
    {
        var (first, second) = (Facts("0311111111"), Facts("0322222222"));
        (long, object)[] events = [(8, new CallCorrected(Call, second, 7, Grounds)), (5, new CallCorrected(Call, first, 4, Grounds))];

        StreamCorrections.Of(events).Of(Call, 1).ShouldBe(new CorrectedCall(false, second, 7));
        StreamCorrections.Of(events, before: 8).Of(Call, 1).ShouldBe(new CorrectedCall(false, first, 4));
        StreamCorrections.Of([.. events, (9L, (object)new CallVoided(Call, Grounds))]).Of(Call, 1).IsVoided.ShouldBeTrue();
    }

    [Fact]
    public void A_rerating_changes_the_knowledge_of_the_calls_before_it_only()
    {
        (long, object)[] events = [(5, new UsageRerated(10, Grounds)), (9, new UsageRerated(20, Grounds))];

        StreamCorrections.Of(events).Of(Call, 1).Known.ShouldBe(20);
        StreamCorrections.Of(events).Of(Call, 7).Known.ShouldBe(20);
        StreamCorrections.Of(events).Of(Call, 11).Known.ShouldBeNull();
        StreamCorrections.Of(events, before: 9).Of(Call, 1).Known.ShouldBe(10);
        StreamCorrections.Of(events, before: 9).Of(Call, 7).Known.ShouldBeNull();
    }

    [Fact]
    public void Of_a_correction_and_a_rerating_the_later_one_says_with_what_to_rate()
    {
        var facts = Facts("0311111111");

        StreamCorrections.Of([(5, new CallCorrected(Call, facts, 4, Grounds)), (6, new UsageRerated(9, Grounds))])
            .Of(Call, 1).ShouldBe(new CorrectedCall(false, facts, 9));
        StreamCorrections.Of([(5, new UsageRerated(9, Grounds)), (6, new CallCorrected(Call, facts, 12, Grounds))])
            .Of(Call, 1).ShouldBe(new CorrectedCall(false, facts, 12));
    }

    [Fact]
    public void A_rerating_leaves_a_call_that_it_excepts_with_the_knowledge_it_had()
    {
        (long, object)[] events = [(5, new UsageRerated(10, Grounds)), (9, new UsageRerated(20, Grounds, [Call]))];

        StreamCorrections.Of(events).Of(Call, 1).Known.ShouldBe(10);
        StreamCorrections.Of(events).Of(Call, 7).Known.ShouldBeNull();
        StreamCorrections.Of(events).Of(Other, 1).Known.ShouldBe(20);
    }

    private static CallRecord Facts(string called) => new()
    {
        Source = "sw",
        RecordId = "1",
        Kind = "call",
        Mode = "ip",
        CallingNumber = "05033000001",
        CalledNumber = called,
        StartedAt = Instant.FromUtc(2026, 10, 1, 0, 0),
        EndedAt = Instant.FromUtc(2026, 10, 1, 0, 1),
        EndCause = "normal",
    };
}
