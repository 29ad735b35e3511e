using Billing.Service.Ingestion;

namespace Billing.Service.Offline;

/// <summary>
/// The identities of the records met so far, 24 bytes a record: 10 million take under 400 MB. Split by hash, so that
/// growing never copies more than a small part.
/// </summary>
internal sealed class SeenCalls
{
    private readonly Part[] _parts = [.. Enumerable.Range(0, 256).Select(_ => new Part())];
    private readonly Dictionary<UInt128, List<ulong>> _conflicting = [];

    public enum Sighting
    {
        New,
        Duplicate,
        Conflict,
    }

    /// <summary>Notes a record and says whether it, or another of its identity, was met before.</summary>
    public Sighting Note(CallIdentity call)
    {
        if (_parts[(int)(call.Identity & 255)].Add(call, out var content))
        {
            return Sighting.New;
        }

        if (content == call.Content)
        {
            return Sighting.Duplicate;
        }

        if (!_conflicting.TryGetValue(call.Identity, out var copies))
        {
            _conflicting.Add(call.Identity, copies = []);
        }

        if (copies.Contains(call.Content))
        {
            return Sighting.Duplicate;
        }

        copies.Add(call.Content);
        return Sighting.Conflict;
    }

    private sealed class Part
    {
        private (ulong High, ulong Low, ulong Content)[] _slots = new (ulong, ulong, ulong)[64];
        private int _count;

        public bool Add(CallIdentity call, out ulong content)
        {
            if (_count * 4 >= _slots.Length * 3)
            {
                Grow();
            }

            var (high, low) = ((ulong)(call.Identity >> 64), (ulong)(call.Identity & ulong.MaxValue) | 256);
            ref var slot = ref Find(_slots, high, low);
            content = slot.Content;
            if (slot.Low != 0)
            {
                return false;
            }

            slot = (high, low, call.Content);
            _count++;
            return true;
        }

        private void Grow()
        {
            var larger = new (ulong, ulong, ulong)[_slots.Length * 2];
            foreach (var slot in _slots)
            {
                if (slot.Low != 0)
                {
                    Find(larger, slot.High, slot.Low) = slot;
                }
            }

            _slots = larger;
        }

        private static ref (ulong High, ulong Low, ulong Content) Find((ulong High, ulong Low, ulong Content)[] slots, ulong high, ulong low)
        {
            var mask = slots.Length - 1;
            var index = (int)(high & (uint)mask);
            while (slots[index].Low != 0 && (slots[index].High != high || slots[index].Low != low))
            {
                index = (index + 1) & mask;
            }

            return ref slots[index];
        }
    }
}
