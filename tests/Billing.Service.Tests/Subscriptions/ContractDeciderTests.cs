using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Subscriptions;
using static Billing.Service.Tests.Subscriptions.Sample;

namespace Billing.Service.Tests.Subscriptions;

/// <summary>Given what happened to a contract, when a document is wanted, then these events.</summary>
public sealed class ContractDeciderTests
{
    private static readonly ContractDocument Agreed = WMode with
    {
        UsageLimits = [Limit(1_000_000)],
        Options = [Phonebook(30, "2026-05-01")],
    };

    private static object[] Opened => [.. ContractDecider.Decide(null, Agreed)];

    [Fact]
    public void A_new_contract_is_opened_with_all_it_has() => Given().When(Agreed).Then(
        new ContractOpened(Agreed.Id, ServiceKind.WMode, Agreed.Customer, Agreed.OpenedOn),
        new NumberAssigned(Agreed.Numbers[0]),
        new UsageLimitsSet(Agreed.UsageLimits!),
        new OptionsSet(Agreed.Options!),
        new BillingStationSet(Agreed.BillingStation));

    [Fact]
    public void The_same_document_again_decides_nothing() => Given(Opened).When(Agreed).Then();

    [Fact]
    public void The_contract_as_told_by_its_events_is_the_document_it_came_from()
    {
        var told = Given(Opened).Contract!.ToDocument();
        ContractDecider.Decide(Given(Opened).Contract, told).ShouldBeEmpty();
        told.Numbers.ShouldBe(Agreed.Numbers);
        told.Customer.ShouldBe(Agreed.Customer);
    }

    [Fact]
    public void A_customer_changes() => Given(Opened)
        .When(Agreed.Of(Agreed.Customer with { Name = "Renamed KK" }))
        .Then(new CustomerChanged(Agreed.Customer with { Name = "Renamed KK" }));

    [Fact]
    public void An_opening_moves() => Given(Opened)
        .When(Agreed with { OpenedOn = Date("2026-04-15") })
        .Then(new OpeningMoved(Date("2026-04-15")));

    [Fact]
    public void A_pair_changes_on_a_day()
    {
        var old = Agreed.Numbers[0] with { To = Date("2026-10-15") };
        var fresh = Number(old.Number, NextMobile(), "2026-10-15");
        Given(Opened).When(Agreed.Holding(old, fresh)).Then(new NumberAssigned(old), new NumberAssigned(fresh));
    }

    [Fact]
    public void A_number_that_the_document_no_longer_names_was_never_there()
    {
        var fresh = Number(NextNumber(), NextMobile());
        Given(Opened).When(Agreed.Holding(fresh)).Then(
            new NumberWithdrawn(Agreed.Numbers[0].Number, Agreed.Numbers[0].From), new NumberAssigned(fresh));
    }

    [Fact]
    public void A_number_withdrawn_and_assigned_again_is_there_once() =>
        Given([.. Opened, new NumberWithdrawn(Agreed.Numbers[0].Number, Agreed.Numbers[0].From), new NumberAssigned(Agreed.Numbers[0])]).When(Agreed).Then();

    [Fact]
    public void A_limit_an_option_and_Billing_Station_end_as_if_they_had_never_been() => Given(Opened)
        .When(Agreed with { UsageLimits = null, Options = null, BillingStation = null })
        .Then(new UsageLimitsSet([]), new OptionsSet([]), new BillingStationSet(null));

    [Fact]
    public void A_contract_ends_on_a_day() => Given(Opened)
        .When(Agreed with { TerminatedOn = Date("2026-10-16") })
        .Then(new ContractTerminated(Date("2026-10-16")));

    [Fact]
    public void An_end_is_moved_and_taken_back()
    {
        object[] ended = [.. Opened, new ContractTerminated(Date("2026-10-16"))];
        Given(ended).When(Agreed with { TerminatedOn = Date("2026-11-01") }).Then(new ContractTerminated(Date("2026-11-01")));
        Given(ended).When(Agreed).Then(new TerminationCancelled());
    }

    private static History Given(params object[] events) => new(events);

    private sealed class History(object[] events)
    {
        public SubscribedContract? Contract { get; } = events.Length == 0 ? null : events.Aggregate(new SubscribedContract(), (contract, happened) => contract.Take(happened));

        public Decision When(ContractDocument wanted) => new(ContractDecider.Decide(Contract, wanted));
    }

    private sealed record Decision(IReadOnlyList<object> Events)
    {
        // records compare lists by reference: JSON compares what they hold
        public void Then(params object[] expected) => Events.Select(Text).ShouldBe(expected.Select(Text));

        private static string Text(object happened) => $"{happened.GetType().Name} {System.Text.Json.JsonSerializer.Serialize(happened, BillingStore.Json)}";
    }
}
