using System.Globalization;
using Billing.Contracts;
using Billing.Rating;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Usage;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Api.Paging;

/// <summary>Reads the parameters of a request; the first that is not what it should be answers 400 and names itself.</summary>
internal sealed class Asked
{
    private const int LongestText = 400;

    /// <summary>What to answer when a parameter is wrong; null while none is.</summary>
    public IResult? Wrong { get; private set; }

    public UsageMonth? Month(string? text, string name = "month") =>
        text is null ? null : UsageMonth.TryParse(text, out var month) ? month : Refuse<UsageMonth?>(name, "A month YYYY-MM is expected.");

    public UsageMonth RequiredMonth(string? text, string name = "month") =>
        UsageMonth.TryParse(text, out var month) ? month : Refuse<UsageMonth>(name, "A month YYYY-MM is expected.");

    public LocalDate? Date(string? text, string name) =>
        text is null ? null
        : LocalDatePattern.Iso.Parse(text) is { Success: true } date && date.Value.Year is > 1900 and < 9999 ? date.Value
        : Refuse<LocalDate?>(name, "A date YYYY-MM-DD is expected.");

    /// <summary>The instants at which the first day begins in Tokyo and the last one ends.</summary>
    public (Instant? From, Instant? To) Days(string? from, string? to, string fromName = "from", string toName = "to")
    {
        var (first, last) = (Date(from, fromName), Date(to, toName));
        return first > last ? Refuse<(Instant?, Instant?)>(fromName, $"A date that is not after {toName} is expected.") : (Begin(first), Begin(last?.PlusDays(1)));
    }

    /// <summary>The least and the most.</summary>
    public (Yen? From, Yen? To) Amounts(string? from, string? to, string fromName = "amountFrom", string toName = "amountTo")
    {
        var (least, most) = (Amount(from, fromName), Amount(to, toName));
        return least > most ? Refuse<(Yen?, Yen?)>(fromName, $"An amount that is not above {toName} is expected.") : (least, most);
    }

    private Yen? Amount(string? text, string name) =>
        text is null ? null : Yen.TryParse(text, out var amount) ? amount : Refuse<Yen?>(name, "An amount of yen such as 10.4 is expected.");

    public bool Flag(string? text, string name) => text is not null && (bool.TryParse(text, out var flag) ? flag : Refuse<bool>(name, "true or false is expected."));

    /// <summary>One of a list of words, or null.</summary>
    public string? Word(string? text, string name, IReadOnlyCollection<string> words) =>
        text is null || words.Contains(text) ? text : Refuse<string?>(name, $"One of {string.Join(", ", words)} is expected.");

    /// <summary>A text that the database can hold.</summary>
    public string? Text(string? text, string name) =>
        text is null || (text.Length <= LongestText && !text.Contains('\0', StringComparison.Ordinal)) ? text : Refuse<string?>(name, $"A text of at most {LongestText} characters is expected.");

    public long? Whole(string? text, string name, long least = 0) =>
        text is null ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least ? value
        : Refuse<long?>(name, $"A whole number from {least} on is expected.");

    public Guid? Id(string? text, string name = "id") =>
        text is null ? null : Guid.TryParse(text, out var id) ? id : Refuse<Guid?>(name, "An id is expected.");

    /// <summary>How many entries are asked for.</summary>
    public int Limit(string? text)
    {
        var limit = text is null ? Page.Usual : Whole(text, "limit", 1) ?? 1;
        return limit <= Page.Most ? (int)limit : Refuse<int>("limit", $"A number from 1 to {Page.Most} is expected.");
    }

    /// <summary>The keys of the entry behind which the list goes on; null at its beginning.</summary>
    public string[]? Cursor(string? text, int keys) =>
        text is null ? null : Paging.Cursor.Read(text, keys) ?? RefuseCursor<string[]?>();

    /// <summary>The call behind which a list of calls goes on; null at its beginning.</summary>
    public CallPlace? Call(string? text) => text is null ? null : CallCursor.Read(text) ?? RefuseCursor<CallPlace?>();

    /// <summary>The number behind which a list by numbers goes on; 0 at its beginning.</summary>
    public long CursorNo(string? text) => Key(Cursor(text, 1)?[0], Keys.Long) ?? 0;

    /// <summary>A key of a cursor, read; a cursor that says something else is wrong as a whole.</summary>
    public T? Key<T>(string? key, Func<string, T?> read)
        where T : struct =>
        key is null ? null : read(key) ?? RefuseCursor<T?>();

    private static Instant? Begin(LocalDate? date) =>
        date is { } day ? Tokyo.BeginOf(day) : null;

    private T? RefuseCursor<T>() => Refuse<T>("cursor", "The next of an earlier answer to the same list is expected.");

    private T? Refuse<T>(string name, string detail)
    {
        Wrong ??= Problems.BadRequest(name, detail);
        return default;
    }
}

/// <summary>Values as the keys of cursors, exact to the last digit.</summary>
internal static class Keys
{
    /// <summary>Microseconds, which is what the database keeps.</summary>
    public static string Of(Instant instant) => (instant.ToUnixTimeTicks() / 10).ToString(CultureInfo.InvariantCulture);

    public static Instant? Instant(string key) =>
        long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var micros) && Math.Abs(micros) < 250_000_000_000_000_000
            ? NodaTime.Instant.FromUnixTimeTicks(micros * 10)
            : null;

    public static Guid? Guid(string key) => System.Guid.TryParse(key, out var id) ? id : null;

    public static long? Long(string key) => long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    public static Yen? Amount(string key) => Yen.TryParse(key, out var amount) ? amount : null;
}
