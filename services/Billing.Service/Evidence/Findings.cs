namespace Billing.Service.Evidence;

/// <summary>What the checks of a verification find, in the order in which they find it.</summary>
internal sealed class Findings
{
    /// <summary>Broken links kept one by one; of the others the number.</summary>
    public const int MostListed = 100;

    private readonly List<string> _checks = [];
    private readonly Dictionary<string, (long Compared, long Broken)> _counts = new(StringComparer.Ordinal);
    private readonly List<BrokenLink> _links = [];

    public IReadOnlyList<BrokenLink> Links => _links;

    public long Broken { get; private set; }

    public IReadOnlyList<VerificationCheck> Checks => [.. _checks.Select(check => new VerificationCheck(check, _counts[check].Compared, _counts[check].Broken))];

    public void Compared(string check, long count = 1)
    {
        if (_counts.TryAdd(check, (count, 0)))
        {
            _checks.Add(check);
        }
        else
        {
            _counts[check] = (_counts[check].Compared + count, _counts[check].Broken);
        }
    }

    public void Add(BrokenLink link, long count = 1)
    {
        Compared(link.Check, 0);
        _counts[link.Check] = (_counts[link.Check].Compared, _counts[link.Check].Broken + count);
        Broken += count;
        if (_links.Count < MostListed)
        {
            _links.Add(link);
        }
    }
}
