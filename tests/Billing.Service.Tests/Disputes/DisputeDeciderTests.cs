using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Disputes;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Invoicing;
using NodaTime;
using Wolverine.Marten;
using static Billing.Service.Tests.Disputes.SampleDispute;

namespace Billing.Service.Tests.Disputes;

/// <summary>What is decided about a dispute: given its events, when something is asked for, then these events or this refusal.</summary>
public sealed class DisputeDeciderTests
{
    [Fact]
    public void A_dispute_is_opened_with_what_its_calls_and_lines_cost()
    {
        var command = Open() with { Calls = [new CallName("sw-1", "r1")], Lines = [3], Amount = null };
        var grounds = new DisputeGrounds("D-202611-1", false, Issued(), [Call("r1")]);

        OpenDisputeHandler.Validate(command, grounds).ShouldBeNull();
        var opening = (StartStream<Dispute>)OpenDisputeHandler.Handle(command, grounds).Opening;

        // of the line of 16.8 yen one call of 8.4 is left: 16 − 8, and line 3 whole
        var opened = (DisputeOpened)opening.Events.ShouldHaveSingleItem();
        opening.StreamKey.ShouldBe("dispute-D-202611-1");
        (opened.Amount, opened.Contract, opened.Deadline).ShouldBe((Yen.Whole(8 + 9), "C-1", new LocalDate(2026, 12, 20)));
    }

    public static TheoryData<string, OpenDispute, DisputeGrounds> NotOpened
    {
        get
        {
            var grounds = new DisputeGrounds("D-202611-1", false, Issued(), []);
            return new TheoryData<string, OpenDispute, DisputeGrounds>
            {
                { "there is no invoice 202610-C-1", Open(), grounds with { Invoice = null } },
                { "is one of contract C-1, not of C-2", Open() with { Contract = "C-2" }, grounds },
                { "call sw-1/r9 is not on invoice 202610-C-1", Open() with { Calls = [new CallName("sw-1", "r9")] }, grounds },
                { "a call is named twice", Open() with { Calls = [new CallName("sw-1", "r1"), new CallName("sw-1", "r1")] }, grounds with { Calls = [Call("r1")] } },
                { "has lines 1 to 4, not 5", Open() with { Lines = [1, 5] }, grounds },
                { "has lines 1 to 4, not 0", Open() with { Lines = [0] }, grounds },
                { "a line is named twice", Open() with { Lines = [1, 1] }, grounds },
                { "324 yen are more than invoice 202610-C-1, which is 323 without tax", Open() with { Amount = Yen.Whole(324) }, grounds },
                { "an amount in question above 0 is needed", Open() with { Amount = null }, grounds },
                { "an amount in question above 0 is needed", Open() with { Amount = Yen.Whole(-1) }, grounds },
                { "whole yen", Open() with { Amount = Yen.Parse("0.5") }, grounds },
                { "there is a dispute D-202611-1 already", Open(), grounds with { IsTaken = true } },
                { "letters, digits", Open(), grounds with { Id = "../etc" } },
                { "letters, digits", Open(), grounds with { Id = "" } },
                { "what is claimed is to be said", Open() with { Claim = " " }, grounds },
                { "who opens it is to be said", Open() with { By = "" }, grounds },
                { "the deadline lies before", Open() with { Deadline = new LocalDate(2026, 11, 19) }, grounds },
                { "U+0000", Open() with { Claim = "a\0b" }, grounds },
            };
        }
    }

    [Theory]
    [MemberData(nameof(NotOpened))]
    public void A_dispute_is_not_opened_without_ground(string because, OpenDispute command, DisputeGrounds grounds) =>
        OpenDisputeHandler.Validate(command, grounds)!.Message.ShouldContain(because);

    [Fact]
    public void Evidence_a_replay_and_a_comparison_are_added_to_an_open_dispute_only()
    {
        foreach (var (ended, because) in new (Dispute?, string)[]
        {
            (null, "there is no dispute D-202611-1"),
            (Given(Opened(), Rejected), "ended on 2026-11-15: rejected"),
            (Given(Opened(), Withdrawn), "ended on 2026-11-15: withdrawn"),
        })
        {
            AddEvidenceHandler.Validate(Evidence, ended)!.Message.ShouldContain(because);
            AttachReplayHandler.Validate(Replay, ended)!.Message.ShouldContain(because);
            AttachComparisonHandler.Validate(Comparison, ended)!.Message.ShouldContain(because);
            WithdrawDisputeHandler.Validate(Withdraw, ended)!.Message.ShouldContain(because);
            ResolveDisputeHandler.Decide(Resolve("rejected", null), ended, Ledger()).Refusal!.Message.ShouldContain(because);
        }

        var open = Given(Opened());
        AddEvidenceHandler.Validate(Evidence, open).ShouldBeNull();
        AttachReplayHandler.Validate(Replay, open).ShouldBeNull();
        AttachComparisonHandler.Validate(Comparison, open).ShouldBeNull();
        AddEvidenceHandler.Handle(Evidence, open).Events.ShouldBe([new DisputeEvidenceAdded("switch log", "ticket 7", null, "dispute-1", Today)]);
        AttachReplayHandler.Handle(Replay, open).Events.ShouldBe([new DisputeReplayAttached(Replay.Replay, "dispute-1", Today)]);
        AttachComparisonHandler.Handle(Comparison, open).Events.ShouldBe([new DisputeComparisonAttached(Comparison.Comparison, "dispute-1", Today)]);
        WithdrawDisputeHandler.Handle(Withdraw, open).Events.ShouldBe([new DisputeWithdrawn("a mistake", "dispute-1", Today)]);
    }

    [Fact]
    public void Evidence_says_what_it_is_and_where_it_lies()
    {
        var open = Given(Opened());
        AddEvidenceHandler.Validate(Evidence with { Description = "" }, open)!.Message.ShouldContain("what the evidence is");
        AddEvidenceHandler.Validate(Evidence with { Reference = null }, open)!.Message.ShouldContain("where the evidence lies");
        AddEvidenceHandler.Validate(Evidence with { Sha256 = "abc" }, open)!.Message.ShouldContain("64 lower-case hex digits");
        AddEvidenceHandler.Validate(Evidence with { Reference = null, Sha256 = SampleDispute.Sha256 }, open).ShouldBeNull();
        AttachReplayHandler.Validate(Replay with { Replay = Replay.Replay with { TariffSha256 = "x" } }, open).ShouldNotBeNull();
        WithdrawDisputeHandler.Validate(Withdraw with { Reason = " " }, open).ShouldNotBeNull();
        WithdrawDisputeHandler.Validate(Withdraw with { By = "" }, open).ShouldNotBeNull();
    }

    [Fact]
    public void Full_numbers_are_given_out_even_after_the_end_but_never_without_a_reason()
    {
        var ended = Given(Opened(), Rejected);
        RevealNumbersHandler.Validate(new RevealNumbers("D-202611-1", "court order", "auditor-1", Today), ended).ShouldBeNull();
        RevealNumbersHandler.Validate(new RevealNumbers("D-202611-1", "", "auditor-1", Today), ended).ShouldNotBeNull();
        RevealNumbersHandler.Validate(new RevealNumbers("D-202611-1", "court order", "auditor-1", Today), null).ShouldNotBeNull();
    }

    [Fact]
    public void Upheld_in_full_gives_back_what_leaving_the_calls_out_takes_off_their_line()
    {
        var (resolution, refusal) = ResolveDisputeHandler.Decide(Resolve("upheld"), Given(Opened(8, [Call("r1")])), Ledger());

        refusal.ShouldBeNull();
        resolution!.Resolved.ShouldBe(new DisputeResolved("upheld", "the switch counted twice", "finance-1", Today, "202610-C-1-CN1", Yen.Whole(8)));
        var note = resolution.Grant.ShouldBeOfType<CreditNoteIssued>().Note;
        note.Lines.Select(line => $"{line.Code} {line.Detail} {line.Amount} {line.TaxCategory}").ShouldBe(["fixed sw-1/r1 -8 S"]);
        (note.Dispute, note.Tax, note.Total).ShouldBe(("D-202611-1", Yen.Zero, Yen.Whole(-8)));
    }

    [Fact]
    public void Upheld_calls_of_a_line_give_back_the_whole_line_and_no_yen_more()
    {
        var (resolution, _) = ResolveDisputeHandler.Decide(Resolve("upheld"), Given(Opened(16, [Call("r1"), Call("r2")])), Ledger());
        resolution!.Resolved.Credited.ShouldBe(Yen.Whole(16));

        // a call of a disputed line is in that line already
        var (both, _) = ResolveDisputeHandler.Decide(Resolve("upheld"), Given(Opened(16, [Call("r1")], 2)), Ledger());
        both!.Resolved.Credited.ShouldBe(Yen.Whole(16));
    }

    [Fact]
    public void Upheld_in_part_gives_back_what_is_named_on_the_next_invoice_when_asked_so()
    {
        var (resolution, _) = ResolveDisputeHandler.Decide(
            Resolve("partly-upheld", GrantAs.Adjustment, Credits.Amounts(("S", 5), ("G", 1))), Given(Opened(16, [Call("r1"), Call("r2")])), Ledger());

        resolution!.Resolved.Document.ShouldBe("202610-C-1-ADJ1");
        var granted = resolution.Grant.ShouldBeOfType<AdjustmentGranted>();
        granted.Lines.Select(line => $"{line.Code} {line.Detail} {line.Amount} {line.TaxCategory} {line.Rate}")
            .ShouldBe(["fixed sw-1/r1 sw-1/r2 -5 S 0.10", "credit sw-1/r1 sw-1/r2 -1 G 0"]);
        (granted.Dispute, granted.GrantedAt).ShouldBe(("D-202611-1", At));
    }

    [Fact]
    public void R14_of_a_limited_month_finance_says_what_is_given_back()
    {
        var limited = Ledger(Issued(limitChange: -2), []);
        foreach (var dispute in (Dispute[])[Given(Opened(16, [Call("r1")])), Given(Opened(16, [], 2))])
        {
            ResolveDisputeHandler.Decide(Resolve("upheld"), dispute, limited).Refusal!.Rule.ShouldBe("R14");
            ResolveDisputeHandler.Decide(Resolve("upheld", GrantAs.CreditNote, Credits.Amounts(("S", 6))), dispute, limited).Refusal.ShouldBeNull();
        }

        // a fee is outside the limit
        ResolveDisputeHandler.Decide(Resolve("upheld"), Given(Opened(300, [], 1)), limited).Resolution!.Resolved.Credited.ShouldBe(Yen.Whole(300));
    }

    [Fact]
    public void What_is_rejected_gives_nothing_back()
    {
        var (resolution, _) = ResolveDisputeHandler.Decide(Resolve("rejected", null), Given(Opened()), Ledger());

        resolution!.Grant.ShouldBeNull();
        resolution.Resolved.ShouldBe(new DisputeResolved("rejected", "the switch counted twice", "finance-1", Today, null, Yen.Zero));
        Given(Opened(), resolution.Resolved).State.ShouldBe("rejected");
    }

    public static TheoryData<string, ResolveDispute, object[]> NotDecided => new()
    {
        { "decided as upheld, partly-upheld, rejected, not 'maybe'", Resolve("maybe"), [Opened()] },
        { "why it is decided so", Resolve("rejected", null) with { Reason = "" }, [Opened()] },
        { "who does it", Resolve("rejected", null) with { By = " " }, [Opened()] },
        { "what is rejected is not credited", Resolve("rejected"), [Opened()] },
        { "what is rejected is not credited", Resolve("rejected", null, Credits.Amounts(("S", 1))), [Opened()] },
        { "credit-note or adjustment", Resolve("upheld", null, Credits.Amounts(("S", 1))), [Opened()] },
        { "in part needs the amounts or lines", Resolve("partly-upheld"), [Opened(8, [Call("r1")])] },
        { "neither lines nor calls are disputed", Resolve("upheld"), [Opened()] },
        { "101 yen are more than the 100 in question", Resolve("upheld", GrantAs.CreditNote, Credits.Amounts(("S", 101))), [Opened()] },
        { "gives something back", Resolve("upheld", GrantAs.Adjustment, Credits.Amounts(("S", -1))), [Opened()] },
        { "either amounts by tax category or lines", Resolve("upheld", GrantAs.CreditNote, new CreditSelection([new("S", Yen.Whole(1))], [new(1)])), [Opened()] },
        { "more than the 9 yen of invoice 202610-C-1", Resolve("upheld", GrantAs.CreditNote, Credits.Amounts(("G", 10))), [Opened()] },
        { "ended on 2026-11-15", Resolve("upheld", GrantAs.CreditNote, Credits.Amounts(("S", 1))), [Opened(), Rejected] },
    };

    [Theory]
    [MemberData(nameof(NotDecided))]
    public void A_dispute_is_not_decided_beyond_its_bounds(string because, ResolveDispute command, object[] events)
    {
        var (resolution, refusal) = ResolveDisputeHandler.Decide(command, Given(events), Ledger());

        resolution.ShouldBeNull();
        refusal!.Message.ShouldContain(because);
    }

    [Fact]
    public void What_was_credited_before_is_not_there_to_be_credited_again()
    {
        var first = ResolveDisputeHandler.Decide(Resolve("upheld", GrantAs.Adjustment, Credits.Amounts(("G", 9))), Given(Opened()), Ledger()).Resolution!;

        ResolveDisputeHandler.Decide(Resolve("upheld", GrantAs.CreditNote, Credits.Amounts(("G", 1))), Given(Opened()), Ledger([first.Grant!])).Refusal!.Message
            .ShouldContain("more than the 0 yen");
    }

    [Fact]
    public void A_ledger_or_dispute_takes_no_foreign_event()
    {
        Should.Throw<InvalidDataException>(() => new Dispute().Take(new TerminationCancelled()));
        Should.Throw<InvalidDataException>(() => new InvoiceLedger().Take(new TerminationCancelled()));
    }

    private static OpenDispute Open() => new(
        null, Invoice, null, [], [], "these calls were never made", Yen.Whole(100), "dispute-1", Today, new LocalDate(2026, 12, 20));

    private static AddEvidence Evidence => new("D-202611-1", "switch log", "ticket 7", null, "dispute-1", Today);

    private static AttachReplay Replay => new(
        "D-202611-1", new AttachedReplay(3, SampleDispute.Sha256, 2, Yen.Whole(354), Yen.Whole(340)), "dispute-1", Today);

    private static AttachComparison Comparison { get; } = new(
        "D-202611-1", new AttachedComparison("theirs.csv", SampleDispute.Sha256, [new ComparedClass("equal", 12)]), "dispute-1", Today);

    private static WithdrawDispute Withdraw => new("D-202611-1", "a mistake", "dispute-1", Today);
}
