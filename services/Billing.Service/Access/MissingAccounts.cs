using System.Collections.Concurrent;
using NodaTime;

namespace Billing.Service.Access;

/// <summary>Names that were tried and have no account: they rest like accounts do, so that the answer does not tell them apart.</summary>
public sealed class MissingAccounts
{
    /// <summary>So many are remembered; then all are forgotten, which makes no account easier to guess.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, (int Failures, Instant Until)> _tried = new(StringComparer.Ordinal);

    /// <summary>Until when the name rests; null when it does not.</summary>
    public Instant? LockedUntil(string name, Instant now) => _tried.TryGetValue(Key(name), out var tried) && tried.Until > now ? tried.Until : null;

    /// <summary>Counts a refusal; until when the name rests now, null when it does not.</summary>
    public Instant? Fail(string name, Instant now)
    {
        if (_tried.Count >= Most)
        {
            _tried.Clear();
        }

        var tried = _tried.AddOrUpdate(Key(name), _ => (1, now), (_, before) => (before.Failures + 1, now + (LockOut.After(before.Failures + 1) ?? Duration.Zero)));
        return tried.Until > now ? tried.Until : null;
    }

    private static string Key(string name) => ApiKeySecret.HashOf(name);
}
