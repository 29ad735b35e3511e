using Billing.Contracts;

namespace Billing.Service.Comparing;

/// <summary>Adds the rows of a comparison up by class and side.</summary>
internal sealed class ComparisonTotals(bool theirsHaveAmounts)
{
    private readonly Dictionary<RowClass, (Sums Ours, Sums Theirs)> _sums = Enum.GetValues<RowClass>().ToDictionary(kind => kind, _ => default((Sums, Sums)));

    public void Add(ComparedRow row)
    {
        var (ours, theirs) = _sums[row.Kind];
        _sums[row.Kind] = (ours.Plus(row.Ours), theirs.Plus(row.Theirs));
    }

    public IReadOnlyList<ClassTotals> Classes() =>
        [.. _sums.OrderBy(pair => pair.Key).Select(pair => new ClassTotals(ComparisonWords.Of(pair.Key), pair.Value.Ours.Totals(true), pair.Value.Theirs.Totals(theirsHaveAmounts)))];

    public SideTotals Ours() => _sums.Values.Aggregate(default(Sums), (sum, pair) => sum.Plus(pair.Ours)).Totals(true);

    public SideTotals Theirs() => _sums.Values.Aggregate(default(Sums), (sum, pair) => sum.Plus(pair.Theirs)).Totals(theirsHaveAmounts);

    private readonly record struct Sums(long Rows, long Ms, Yen Amount)
    {
        public Sums Plus(ComparedCall? call) => call is null ? this : new Sums(Rows + 1, checked(Ms + call.Duration.Milliseconds), Amount + (call.Amount ?? Yen.Zero));

        public Sums Plus(Sums other) => new(Rows + other.Rows, checked(Ms + other.Ms), Amount + other.Amount);

        public SideTotals Totals(bool withAmount) => new(Rows, new Seconds(Ms), withAmount ? Amount : null);
    }
}
