using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Formats;
using Billing.Service.Hosting;

namespace Billing.Service.Ingestion;

/// <summary>Counts what becomes of the rows of a file.</summary>
public sealed class ReceiptCounts
{
    private readonly long[] _outcomes = new long[5];
    private readonly long[] _suspended = new long[Enum.GetValues<SuspenseReason>().Length];
    private readonly long[] _rejected = new long[Enum.GetValues<RejectReason>().Length];
    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);

    public long Rows { get; private set; }

    /// <summary>Halves of calls that are counted with the other half.</summary>
    public long Joined { get; private set; }

    /// <summary>Halves of calls whose other half has not come.</summary>
    public long Waiting { get; private set; }

    /// <summary>Rows that are no calls.</summary>
    public long Skipped => _skipped.Values.Sum();

    public long Count(Outcome outcome) => _outcomes[(int)outcome];

    public void Add(Outcome outcome, SuspenseReason suspense = SuspenseReason.None, RejectReason reject = RejectReason.None)
    {
        Rows++;
        _outcomes[(int)outcome]++;
        _suspended[(int)suspense]++;
        _rejected[(int)reject]++;
    }

    /// <summary>A row that is no call, or half of one.</summary>
    public void Add(ProfiledRow row)
    {
        Rows++;
        switch (row.Fate)
        {
            case RowFate.Joined:
                Joined++;
                break;
            case RowFate.Waiting:
                Waiting++;
                break;
            default:
                Skip(row.Kind, 1);
                break;
        }
    }

    public void Add(ReceiptCounts other)
    {
        Rows += other.Rows;
        Joined += other.Joined;
        Waiting += other.Waiting;
        foreach (var (kind, count) in other._skipped)
        {
            Skip(kind, count);
        }

        Add(_outcomes, other._outcomes);
        Add(_suspended, other._suspended);
        Add(_rejected, other._rejected);
    }

    /// <summary>Counts them for those who watch the service.</summary>
    internal void Tell()
    {
        foreach (var outcome in Enum.GetValues<Outcome>())
        {
            One(Words.Of(outcome), Count(outcome));
        }

        One("joined", Joined);
        One("waiting", Waiting);
        One("no-call", Skipped);

        static void One(string outcome, long rows)
        {
            if (rows > 0)
            {
                Telemetry.Rows.Add(rows, new KeyValuePair<string, object?>("outcome", outcome));
            }
        }
    }

    public ReceiptDocument ToDocument(string file, string sha256, IReadOnlyList<string> unknownColumns, Profile? profile = null) => new()
    {
        File = file,
        Sha256 = sha256,
        Rows = Rows,
        Outcomes = new OutcomeCountsDocument
        {
            Rated = Count(Outcome.Rated),
            Unanswered = Count(Outcome.Unanswered),
            Suspended = Count(Outcome.Suspended),
            Duplicate = Count(Outcome.Duplicate),
            Rejected = Count(Outcome.Rejected),
        },
        Reasons = new ReasonCountsDocument
        {
            Suspended = Reasons<SuspenseReason>(_suspended, Words.Of),
            Rejected = Reasons<RejectReason>(_rejected, Words.Of),
        },
        UnknownColumns = unknownColumns,
        Profile = profile is null ? null : new ProfileReceiptDocument { Name = profile.Name, Joined = Joined, Waiting = Waiting, Skipped = _skipped },
    };

    private void Skip(string kind, long count) => _skipped[kind] = _skipped.GetValueOrDefault(kind) + count;

    private static void Add(long[] counts, long[] others)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += others[i];
        }
    }

    private static SortedDictionary<string, long> Reasons<T>(long[] counts, Func<T, string> word)
        where T : struct, Enum
    {
        var reasons = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var reason in Enum.GetValues<T>().Skip(1))
        {
            var count = counts[Convert.ToInt32(reason, System.Globalization.CultureInfo.InvariantCulture)];
            if (count > 0)
            {
                reasons.Add(word(reason), count);
            }
        }

        return reasons;
    }
}
