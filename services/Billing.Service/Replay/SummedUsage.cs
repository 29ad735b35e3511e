using Billing.Contracts;
using Billing.Rating.Invoicing;
using Billing.Service.Invoicing;

namespace Billing.Service.Replay;

/// <summary>Calls that were added up without a limit become the usage that an invoice is made of; the walk is fed apart, where it is needed.</summary>
internal static class SummedUsage
{
    public static StoredUsage Of(ContractMonth key, Yen? limit, params ReadOnlySpan<MonthUsage> parts)
    {
        var stored = new StoredUsage(key, limit);
        foreach (var part in parts)
        {
            stored.All.AddUnanswered(part.Unanswered);
            var (tailMs, tailCharge) = (part.TailMs, part.TailCharge);
            foreach (var line in part.Lines)
            {
                stored.Add(line, tailMs, tailCharge);
                (tailMs, tailCharge) = (0, Yen.Zero);
            }
        }

        return stored;
    }
}
