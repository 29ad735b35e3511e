using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.Numbers;

namespace Billing.Rating.Subscriptions;

/// <summary>One contract, with its dates as day numbers.</summary>
public sealed class Contract
{
    internal Contract(ContractDocument document)
    {
        Document = document;
        OpenedDay = Tokyo.DayNumber(document.OpenedOn);
        TerminatedDay = Tokyo.ToDay(document.TerminatedOn);
    }

    public ContractDocument Document { get; }

    public string Id => Document.Id;

    public ServiceKind Service => Document.Service;

    public int OpenedDay { get; }

    public int TerminatedDay { get; }

    public bool IsOpenOn(int day) => OpenedDay <= day && day < TerminatedDay;
}

/// <summary>A number held by a contract for a while: <c>[FromDay, ToDay)</c>. For a mobile number, the 050 number it is paired with.</summary>
public sealed record Holding(Contract Contract, string Number, int FromDay, int ToDay)
{
    public bool IsOn(int day) => FromDay <= day && day < ToDay;
}

/// <summary>All contracts, with the look-up from a number and a day to the contract that holds it.</summary>
public sealed class ContractBook
{
    private readonly Dictionary<ulong, Holding[]> _by050;
    private readonly Dictionary<ulong, Holding[]> _byMobile;
    private readonly Dictionary<string, Contract> _byId;

    private ContractBook(List<Contract> contracts, Dictionary<ulong, List<Holding>> by050, Dictionary<ulong, List<Holding>> byMobile)
    {
        Contracts = contracts;
        _by050 = by050.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
        _byMobile = byMobile.ToDictionary(pair => pair.Key, pair => pair.Value.ToArray());
        _byId = contracts.ToDictionary(contract => contract.Id, StringComparer.Ordinal);
    }

    /// <summary>The contracts by id, in ordinal order.</summary>
    public IReadOnlyList<Contract> Contracts { get; }

    public Contract? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>
    /// Compiles the document, or names its first fault: an id twice, a number or mobile number in two entries in force
    /// on one day with their contracts open, two limits on one day, a mobile number outside W-mode.
    /// </summary>
    public static (ContractBook? Book, DocumentFault? Fault) Compile(ContractsDocument document)
    {
        if (ContractChecks.FirstFault(document) is { } fault)
        {
            return (null, fault);
        }

        var contracts = new List<Contract>(document.Contracts.Count);
        var by050 = new Dictionary<ulong, List<Holding>>();
        var byMobile = new Dictionary<ulong, List<Holding>>();
        foreach (var entry in document.Contracts)
        {
            var contract = new Contract(entry);
            contracts.Add(contract);
            foreach (var number in entry.Numbers)
            {
                var holding = new Holding(contract, number.Number, Tokyo.DayNumber(number.From), Tokyo.ToDay(number.To));
                Add(by050, number.Number, holding);
                if (number.MobileNumber is { } mobile)
                {
                    Add(byMobile, mobile, holding);
                }
            }
        }

        contracts.Sort((a, b) => CodePointOrder.Instance.Compare(a.Id, b.Id));
        return (new ContractBook(contracts, by050, byMobile), null);
    }

    /// <summary>The contract that holds an 050 number on a day: an open one before a closed one, then the one opened last.</summary>
    public Holding? Holder050(ReadOnlySpan<byte> number, int day) => Holder(_by050, number, day);

    /// <summary>The pair that holds a mobile number on a day; the charge is booked on its 050 number (R58).</summary>
    public Holding? HolderMobile(ReadOnlySpan<byte> number, int day) => Holder(_byMobile, number, day);

    /// <summary>True when the contract that holds the 050 number on that day is a for Biz contract.</summary>
    public bool IsBizNumber(ReadOnlySpan<byte> number, int day) =>
        Holder050(number, day) is { Contract.Service: ServiceKind.Biz };

    private static Holding? Holder(Dictionary<ulong, Holding[]> index, ReadOnlySpan<byte> number, int day)
    {
        var key = NumberText.Key(number);
        if (key == 0 || !index.TryGetValue(key, out var holdings))
        {
            return null;
        }

        Holding? found = null;
        foreach (var holding in holdings)
        {
            if (holding.IsOn(day) && (found is null || IsBefore(holding.Contract, found.Contract, day)))
            {
                found = holding;
            }
        }

        return found;
    }

    private static bool IsBefore(Contract candidate, Contract current, int day)
    {
        var open = candidate.IsOpenOn(day);
        return open == current.IsOpenOn(day) ? candidate.OpenedDay > current.OpenedDay : open;
    }

    private static void Add(Dictionary<ulong, List<Holding>> index, string number, Holding holding)
    {
        var key = NumberText.Key(number);
        if (!index.TryGetValue(key, out var list))
        {
            index.Add(key, list = []);
        }

        list.Add(holding);
    }
}
