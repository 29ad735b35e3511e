using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using NodaTime;

namespace Billing.Service.Subscriptions;

/// <summary>A contract as its events tell it: what was agreed so far, and the deposits (R13).</summary>
public sealed class SubscribedContract
{
    private readonly List<NumberDocument?> _numbers = [];
    private readonly Dictionary<(string Number, LocalDate From), int> _places = [];
    private readonly List<DepositRecorded> _deposits = [];

    /// <summary>The stream's key.</summary>
    public string Id { get; set; } = "";

    /// <summary>The version of the stream.</summary>
    public long Version { get; set; }

    /// <summary>The contract's id.</summary>
    public string Contract { get; private set; } = "";

    public ServiceKind Service { get; private set; }

    public CustomerDocument Customer { get; private set; } = new() { Name = "" };

    public LocalDate OpenedOn { get; private set; }

    public LocalDate? TerminatedOn { get; private set; }

    public IReadOnlyList<UsageLimitDocument> Limits { get; private set; } = [];

    public IReadOnlyList<OptionDocument> Options { get; private set; } = [];

    public BillingStationDocument? Station { get; private set; }

    public IReadOnlyList<DepositRecorded> Deposits => _deposits;

    /// <summary>The entries of numbers, in the order in which they were first assigned.</summary>
    public IEnumerable<NumberDocument> Numbers => _numbers.OfType<NumberDocument>();

    /// <summary>The entry of a number that begins on a day.</summary>
    public NumberDocument? FindNumber(string number, LocalDate from) =>
        _places.TryGetValue((number, from), out var place) ? _numbers[place] : null;

    public void Apply(ContractOpened opened) =>
        (Contract, Service, Customer, OpenedOn) = (opened.Contract, opened.Service, opened.Customer, opened.OpenedOn);

    public void Apply(CustomerChanged changed) => Customer = changed.Customer;

    public void Apply(OpeningMoved moved) => OpenedOn = moved.OpenedOn;

    public void Apply(NumberAssigned assigned)
    {
        var entry = assigned.Entry;
        if (_places.TryGetValue((entry.Number, entry.From), out var place))
        {
            _numbers[place] = entry;
            return;
        }

        _places.Add((entry.Number, entry.From), _numbers.Count);
        _numbers.Add(entry);
    }

    public void Apply(NumberWithdrawn withdrawn)
    {
        if (_places.Remove((withdrawn.Number, withdrawn.From), out var place))
        {
            _numbers[place] = null;
        }
    }

    public void Apply(UsageLimitsSet set) => Limits = set.Limits;

    public void Apply(OptionsSet set) => Options = set.Options;

    public void Apply(BillingStationSet set) => Station = set.Station;

    public void Apply(ContractTerminated terminated) => TerminatedOn = terminated.TerminatedOn;

#pragma warning disable IDE0060 // the event says all there is to say by its type
    public void Apply(TerminationCancelled cancelled) => TerminatedOn = null;
#pragma warning restore IDE0060

    public void Apply(DepositRecorded recorded) => _deposits.Add(recorded);

    /// <summary>The state after one more event of the stream.</summary>
    /// <exception cref="InvalidDataException">The event is not one of a contract.</exception>
    public SubscribedContract Take(object happened)
    {
        switch (happened)
        {
            case ContractOpened e: Apply(e); break;
            case CustomerChanged e: Apply(e); break;
            case OpeningMoved e: Apply(e); break;
            case NumberAssigned e: Apply(e); break;
            case NumberWithdrawn e: Apply(e); break;
            case UsageLimitsSet e: Apply(e); break;
            case OptionsSet e: Apply(e); break;
            case BillingStationSet e: Apply(e); break;
            case ContractTerminated e: Apply(e); break;
            case TerminationCancelled e: Apply(e); break;
            case DepositRecorded e: Apply(e); break;
            default: throw new InvalidDataException($"{happened.GetType().Name} is no event of a contract.");
        }

        Version++;
        return this;
    }

    /// <summary>The contract as a document of <c>contracts.json</c>.</summary>
    public ContractDocument ToDocument() => new()
    {
        Id = Contract,
        Service = Service,
        Customer = Customer,
        OpenedOn = OpenedOn,
        TerminatedOn = TerminatedOn,
        Numbers = [.. Numbers],
        UsageLimits = Limits.Count == 0 ? null : Limits,
        Options = Options.Count == 0 ? null : Options,
        BillingStation = Station,
    };
}
