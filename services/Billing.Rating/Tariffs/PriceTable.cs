using Billing.Contracts;
using Billing.Contracts.Documents;

namespace Billing.Rating.Tariffs;

/// <summary>The plan of a price row; the row is its index in the tariff's <c>prices</c>.</summary>
public sealed record PriceRow(int Index, PriceRowDocument Document, PricePlan Plan);

/// <summary>
/// Picks the most specific price row: a carrier or the longest prefix first, then a row that names the kind, then one
/// that names the mode. Carriers and prefixes are resolved when the table is built; a look-up costs one digit each.
/// </summary>
internal sealed class PriceTable
{
    private const int Slots = 8;

    private readonly PriceRow?[] _general = new PriceRow?[32 * Slots];
    private readonly Dictionary<(CallClass Class, string Carrier), PriceRow?[]> _byCarrier = [];
    private readonly PrefixTree _international = new();
    private readonly PrefixTree _satellite = new();

    public PriceTable(IReadOnlyList<PriceRow> rows)
    {
        foreach (var row in rows)
        {
            var callClass = Words.ClassOf(row.Document.Class)!.Value;
            if (row.Document.Carrier is { } carrier)
            {
                if (!_byCarrier.TryGetValue((callClass, carrier), out var slots))
                {
                    _byCarrier.Add((callClass, carrier), slots = new PriceRow?[Slots]);
                }

                Fill(slots, row);
            }
            else if (row.Document.Prefix is { } prefix)
            {
                Fill(Tree(callClass).SlotsAt(prefix), row);
            }
            else
            {
                Fill(_general.AsSpan((int)callClass * Slots, Slots), row);
            }
        }
    }

    /// <summary>The row for a call, or null when the tariff has no price for it.</summary>
    public PriceRow? Pick(CallClass callClass, CallKind kind, CallMode mode, string? carrier, ReadOnlySpan<byte> e164)
    {
        var slot = SlotOf(kind, mode);
        if (carrier is not null && _byCarrier.TryGetValue((callClass, carrier), out var slots) && slots[slot] is { } ofCarrier)
        {
            return ofCarrier;
        }

        if (callClass is CallClass.International or CallClass.Satellite && Tree(callClass).Longest(e164, slot) is { } ofPrefix)
        {
            return ofPrefix;
        }

        return _general[((int)callClass * Slots) + slot];
    }

    private PrefixTree Tree(CallClass callClass) => callClass == CallClass.International ? _international : _satellite;

    private static int SlotOf(CallKind kind, CallMode mode) => ((int)kind * 2) + (int)mode;

    private static void Fill(Span<PriceRow?> slots, PriceRow row)
    {
        foreach (var kind in Enum.GetValues<CallKind>())
        {
            foreach (var mode in Enum.GetValues<CallMode>())
            {
                var matches = (row.Document.Kind is not { } k || k == Words.Of(kind)) && (row.Document.Mode is not { } m || m == Words.Of(mode));
                ref var slot = ref slots[SlotOf(kind, mode)];
                if (matches && (slot is null || Rank(row) > Rank(slot)))
                {
                    slot = row;
                }
            }
        }
    }

    private static int Rank(PriceRow row) => (row.Document.Kind is null ? 0 : 2) + (row.Document.Mode is null ? 0 : 1);

    /// <summary>Price rows by E.164 prefix, one node per digit.</summary>
    private sealed class PrefixTree
    {
        private readonly List<int> _children = [.. new int[10]];
        private readonly List<PriceRow?[]?> _slots = [null];

        public PriceRow?[] SlotsAt(string prefix)
        {
            var node = 0;
            foreach (var digit in prefix)
            {
                var child = (node * 10) + digit - '0';
                if (_children[child] == 0)
                {
                    _children[child] = _slots.Count;
                    _slots.Add(null);
                    _children.AddRange(new int[10]);
                }

                node = _children[child];
            }

            return _slots[node] ??= new PriceRow?[Slots];
        }

        public PriceRow? Longest(ReadOnlySpan<byte> e164, int slot)
        {
            PriceRow? found = null;
            var node = 0;
            foreach (var digit in e164)
            {
                node = _children[(node * 10) + digit - '0'];
                if (node == 0)
                {
                    break;
                }

                found = _slots[node]?[slot] ?? found;
            }

            return found;
        }
    }
}
