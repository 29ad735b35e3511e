using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Replay;

/// <summary>What must be known of a stream to say what its calls were and what they come to.</summary>
internal sealed class ReplayedStream
{
    private readonly Dictionary<Guid, Instant>? _released;

    private ReplayedStream(string name, string? contract, long cut, List<ChangingEvent> changes, Instant? asOf)
    {
        Name = name;
        Contract = contract;
        Cut = cut;
        Recorded = StreamCorrections.Of(changes.Select(change => (change.Version, change.Event)), cut);
        Other = StreamCorrections.Of(changes.Where(change => asOf is not { } at || change.At <= at).Select(change => (change.Version, change.Event)));
        foreach (var change in changes)
        {
            if (change.Event is CallReleased released)
            {
                (_released ??= [])[released.Suspended] = change.At;
            }
        }
    }

    public string Name { get; }

    /// <summary>The contract whose usage stream of the month it is; null of others.</summary>
    public string? Contract { get; }

    /// <summary>The version at which the month's invoice closed the stream: calls behind it are late. No limit without an invoice.</summary>
    public long Cut { get; }

    /// <summary>What was corrected by the time of the invoice, or until now.</summary>
    public StreamCorrections Recorded { get; }

    /// <summary>What is, or was at the instant looked at, known to be corrected.</summary>
    public StreamCorrections Other { get; }

    /// <summary>When a suspended record was recorded as a call; null while it is suspended.</summary>
    public Instant? ReleasedAt(Guid suspended) => _released is not null && _released.TryGetValue(suspended, out var at) ? at : null;

    public static ReplayedStream Of(string name, UsageMonth month, ReplayedLog log)
    {
        var contract = ContractOf(name, month);
        var cut = contract is null ? long.MaxValue : log.Cuts.GetValueOrDefault(contract, long.MaxValue);
        return new ReplayedStream(name, contract, cut, log.Changes.GetValueOrDefault(name) ?? [], log.AsOf);
    }

    private static string? ContractOf(string name, UsageMonth month)
    {
        const string Usage = "usage-";
        return name.StartsWith(Usage, StringComparison.Ordinal) && name.EndsWith($"-{month}", StringComparison.Ordinal) ? name[Usage.Length..^8] : null;
    }
}

/// <summary>What is read of the log before its calls.</summary>
/// <param name="Cuts">The version at which the month's invoice closed the usage stream, by contract.</param>
/// <param name="Changes">Corrections and releases by stream.</param>
internal sealed record ReplayedLog(IReadOnlyDictionary<string, long> Cuts, IReadOnlyDictionary<string, List<ChangingEvent>> Changes, Instant? AsOf);
