using System.Globalization;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>Files that the numbering of a source's deliveries says there must be: the first and last name of a gap.</summary>
public sealed record MissingFiles(string First, string Last, long Count)
{
    /// <summary>A name's number is its last run of digits; what stands before and behind it names the source. Longer runs are no counters.</summary>
    private const int MostDigits = 18;

    /// <summary>For people: one name, or the first and the last and how many.</summary>
    public override string ToString() => Count == 1 ? First : string.Create(CultureInfo.InvariantCulture, $"{First} to {Last}, {Count:N0} files");

    /// <summary>The gaps in what was delivered so far.</summary>
    internal static async Task<IReadOnlyList<MissingFiles>> SoFarAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"select distinct file from {BillingStore.Schema}.deliveries");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var names = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetString(0));
        }

        return In(names);
    }

    /// <summary>
    /// The gaps between the lowest and the highest number of each source. Eight digits that are a date in every name of a
    /// source count days; otherwise numbers follow each other by one.
    /// </summary>
    public static IReadOnlyList<MissingFiles> In(IEnumerable<string> names)
    {
        var gaps = new List<MissingFiles>();
        foreach (var source in names.Select(Parse).OfType<Numbered>().GroupBy(file => (file.Before, file.After)).OrderBy(group => group.Key.Before, StringComparer.Ordinal).ThenBy(group => group.Key.After, StringComparer.Ordinal))
        {
            var byDay = source.All(file => file.Day is not null);
            var width = source.Min(file => file.Digits.Length);
            var places = source.Select(file => byDay ? file.Day!.Value : long.Parse(file.Digits, CultureInfo.InvariantCulture)).Distinct().Order().ToList();
            foreach (var (earlier, later) in places.Zip(places.Skip(1)))
            {
                if (later - earlier > 1)
                {
                    gaps.Add(new MissingFiles(Name(earlier + 1), Name(later - 1), later - earlier - 1));
                }
            }

            string Name(long place) => source.Key.Before
                + (byDay ? DateOnly.FromDayNumber((int)place).ToString("yyyyMMdd", CultureInfo.InvariantCulture) : place.ToString(new string('0', width), CultureInfo.InvariantCulture))
                + source.Key.After;
        }

        return gaps;
    }

    private static Numbered? Parse(string name)
    {
        var end = name.IndexOf('.', StringComparison.Ordinal) is var dot && dot > 0 ? dot : name.Length;
        while (end > 0 && !char.IsAsciiDigit(name[end - 1]))
        {
            end--;
        }

        var start = end;
        while (start > 0 && char.IsAsciiDigit(name[start - 1]))
        {
            start--;
        }

        return end - start is > 0 and <= MostDigits ? new Numbered(name[..start], name[start..end], name[end..]) : null;
    }

    private sealed record Numbered(string Before, string Digits, string After)
    {
        /// <summary>The day that the digits name, as a day number.</summary>
        public long? Day => Digits.Length == 8 && Digits[0] == '2' && DateOnly.TryParseExact(Digits, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day.DayNumber
            : null;
    }
}
