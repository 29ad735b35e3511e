using System.Text.RegularExpressions;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Rating.Subscriptions;

/// <summary>What refuses a contracts document, beyond its form.</summary>
public static partial class ContractChecks
{
    public static DocumentFault? FirstFault(ContractsDocument document)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbers = new Stretches();
        var mobiles = new Stretches();
        for (var i = 0; i < document.Contracts.Count; i++)
        {
            var contract = document.Contracts[i];
            var path = $"$.contracts[{i}]";
            if (contract.Id.Length == 0)
            {
                return new DocumentFault($"{path}.id", "the id is empty");
            }

            if (!ids.TryAdd(contract.Id, i))
            {
                return new DocumentFault($"{path}.id", $"contract '{contract.Id}' stands at $.contracts[{ids[contract.Id]}] already");
            }

            var fault = NumberFault(contract, path, numbers, mobiles) ?? LimitFault(contract, path) ?? OptionFault(contract, path);
            if (fault is not null)
            {
                return fault;
            }
        }

        return numbers.FirstOverlap("number") ?? mobiles.FirstOverlap("mobileNumber");
    }

    private static DocumentFault? NumberFault(ContractDocument contract, string path, Stretches numbers, Stretches mobiles)
    {
        for (var i = 0; i < contract.Numbers.Count; i++)
        {
            var entry = contract.Numbers[i];
            var at = $"{path}.numbers[{i}]";
            if (!Number050().IsMatch(entry.Number))
            {
                return new DocumentFault($"{at}.number", "an 050 number of 11 digits is expected");
            }

            numbers.Add(entry.Number, entry, contract, at);
            if (entry.MobileNumber is not { } mobile)
            {
                continue;
            }

            if (contract.Service != ServiceKind.WMode)
            {
                return new DocumentFault($"{at}.mobileNumber", "only a w-mode contract pairs mobile numbers");
            }

            if (!MobileNumber().IsMatch(mobile))
            {
                return new DocumentFault($"{at}.mobileNumber", "a 070, 080 or 090 number of 11 digits is expected (R52)");
            }

            mobiles.Add(mobile, entry, contract, at);
        }

        return null;
    }

    private static DocumentFault? LimitFault(ContractDocument contract, string path)
    {
        var limits = contract.UsageLimits ?? [];
        for (var i = 0; i < limits.Count; i++)
        {
            if (limits[i].Amount.IsNegative || !limits[i].Amount.IsWhole)
            {
                return new DocumentFault($"{path}.usageLimits[{i}].amount", "a usage limit is whole yen, 0 or more");
            }

            for (var j = 0; j < i; j++)
            {
                if (Overlap((limits[i].From, limits[i].To), (limits[j].From, limits[j].To)))
                {
                    return new DocumentFault($"{path}.usageLimits[{i}]", $"in force on the same day as usageLimits[{j}]");
                }
            }
        }

        return null;
    }

    private static DocumentFault? OptionFault(ContractDocument contract, string path)
    {
        var options = contract.Options ?? [];
        for (var i = 0; i < options.Count; i++)
        {
            if (options[i].Quantity < 0)
            {
                return new DocumentFault($"{path}.options[{i}].quantity", "a quantity is 0 or more");
            }
        }

        return null;
    }

    private static bool Overlap((NodaTime.LocalDate From, NodaTime.LocalDate? To) a, (NodaTime.LocalDate From, NodaTime.LocalDate? To) b)
    {
        var from = NodaTime.LocalDate.Max(a.From, b.From);
        return (a.To is not { } endA || from < endA) && (b.To is not { } endB || from < endB);
    }

    [GeneratedRegex(@"^050[0-9]{8}\z")]
    private static partial Regex Number050();

    [GeneratedRegex(@"^0[789]0[0-9]{8}\z")]
    private static partial Regex MobileNumber();

    /// <summary>When each number is in force with its contract open, to find two entries that share a day.</summary>
    private sealed class Stretches
    {
        private readonly Dictionary<string, List<(int From, int To, string Path)>> _byNumber = new(StringComparer.Ordinal);

        public void Add(string number, NumberDocument entry, ContractDocument contract, string path)
        {
            var from = Math.Max(Tokyo.DayNumber(entry.From), Tokyo.DayNumber(contract.OpenedOn));
            var to = Math.Min(Tokyo.ToDay(entry.To), Tokyo.ToDay(contract.TerminatedOn));
            if (from >= to)
            {
                return;
            }

            if (!_byNumber.TryGetValue(number, out var list))
            {
                _byNumber.Add(number, list = []);
            }

            list.Add((from, to, path));
        }

        public DocumentFault? FirstOverlap(string member)
        {
            foreach (var list in _byNumber.Values.Where(list => list.Count > 1))
            {
                list.Sort((a, b) => a.From.CompareTo(b.From));
                for (var i = 1; i < list.Count; i++)
                {
                    if (list[i].From < list[i - 1].To)
                    {
                        return new DocumentFault($"{list[i].Path}.{member}", $"in force on the same day as {list[i - 1].Path} (R58)");
                    }
                }
            }

            return null;
        }
    }
}
