namespace Billing.Service.Comparing;

/// <summary>The classes of a comparison as they are written.</summary>
internal static class ComparisonWords
{
    public const string Unreadable = "unreadable";
    public const string Outside = "outside";

    public static string Of(RowClass kind) => kind switch
    {
        RowClass.Equal => "equal",
        RowClass.WithinTolerance => "within-tolerance",
        RowClass.BeyondTolerance => "beyond-tolerance",
        RowClass.PricedDifferently => "priced-differently",
        RowClass.MissingHere => "missing-here",
        RowClass.MissingThere => "missing-there",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
