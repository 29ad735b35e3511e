namespace Billing.Service.Api.Paging;

/// <summary>A part of a list.</summary>
/// <param name="Items">The entries, in the order of the list.</param>
/// <param name="Next">The cursor of the following part; absent at the end. A part may hold fewer entries than were asked for, even none, and still have a next.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>How lists are cut into parts.</summary>
public static class Page
{
    /// <summary>The most entries of one answer.</summary>
    public const int Most = 1000;

    /// <summary>The entries of one answer when nothing is asked for.</summary>
    public const int Usual = 100;

    /// <summary>A part from rows of which one more than asked for was read.</summary>
    /// <param name="keys">What an entry is sorted by; the list goes on behind it.</param>
    public static Page<T> Of<T>(List<T> rows, int limit, Func<T, string[]> keys)
    {
        if (rows.Count <= limit)
        {
            return new Page<T>(rows, null);
        }

        rows.RemoveRange(limit, rows.Count - limit);
        return new Page<T>(rows, Cursor.Write(keys(rows[^1])));
    }
}
