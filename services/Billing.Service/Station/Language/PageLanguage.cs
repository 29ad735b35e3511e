using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating;
using Billing.Service.Explaining;
using Billing.Service.Invoicing;
using NodaTime;

namespace Billing.Service.Station.Language;

/// <summary>
/// The language of a page, and how it writes amounts, dates and names. It is the one chosen last, kept in a cookie; else the first
/// that the browser asks for; else Japanese.
/// </summary>
public sealed class PageLanguage(string code)
{
    /// <summary>The cookie that keeps the choice.</summary>
    public const string Cookie = "station-language";

    private static readonly Phrase[] Weekdays = [new("月", "Mon"), new("火", "Tue"), new("水", "Wed"), new("木", "Thu"), new("金", "Fri"), new("土", "Sat"), new("日", "Sun")];

    public static IReadOnlyList<string> All { get; } = ["ja", "en"];

    /// <summary><c>ja</c> or <c>en</c>.</summary>
    public string Code { get; } = code == "en" ? "en" : "ja";

    public bool IsJapanese => Code == "ja";

    public string this[Phrase phrase] => phrase.In(Code);

    public static PageLanguage Of(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is { } chosen && All.Contains(chosen))
        {
            return new PageLanguage(chosen);
        }

        var asked = http.Request.GetTypedHeaders().AcceptLanguage
            .OrderByDescending(language => language.Quality ?? 1)
            .Select(language => language.Value.ToString().ToLowerInvariant())
            .FirstOrDefault(language => language.StartsWith("ja", StringComparison.Ordinal) || language.StartsWith("en", StringComparison.Ordinal));
        return new PageLanguage(asked?[..2] ?? "ja");
    }

    /// <summary>A phrase with values in its places.</summary>
    public string With(Phrase phrase, params object[] values) => string.Format(CultureInfo.InvariantCulture, this[phrase], values);

    /// <summary><c>12,345円</c>, <c>¥12,345</c>; decimals only where there are some.</summary>
    public string Yen(Yen amount) => IsJapanese ? $"{InvoiceText.Money(amount)}円"
        : amount.IsNegative ? $"-¥{InvoiceText.Money(-amount)}" : $"¥{InvoiceText.Money(amount)}";

    public string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public string Percent(decimal fraction) => (fraction * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";

    /// <summary><c>2026年10月</c>, <c>October 2026</c>.</summary>
    public string Month(UsageMonth month) => IsJapanese ? Invariant($"{month.Year}年{month.Month}月") : month.FirstDay.ToString("MMMM uuuu", CultureInfo.InvariantCulture);

    /// <summary><c>2026年10月5日</c>, <c>5 October 2026</c>.</summary>
    public string Day(LocalDate day) => IsJapanese ? Invariant($"{day.Year}年{day.Month}月{day.Day}日") : day.ToString("d MMMM uuuu", CultureInfo.InvariantCulture);

    public string Day(LocalDate? day) => day is { } known ? Day(known) : "—";

    /// <summary>The date in Tokyo.</summary>
    public string Day(Instant at) => Day(InTokyo(at).Date);

    /// <summary><c>10/5 (月)</c>, <c>Mon 5</c>.</summary>
    public string ShortDay(LocalDate day) => IsJapanese ? Invariant($"{day.Month}/{day.Day} ({Weekday(day)})") : $"{Weekday(day)} {day.Day}";

    /// <summary>Date and time in Tokyo: <c>2026-10-05 09:12:33</c>.</summary>
    public string Time(Instant at) => InTokyo(at).ToString("uuuu-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary><c>1:02:05</c> hours, minutes, seconds; tenths are dropped.</summary>
    public string Duration(Seconds time)
    {
        var seconds = time.Milliseconds / 1000;
        return Invariant($"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}");
    }

    /// <summary>The name of a class of called numbers.</summary>
    public string Class(string callClass) => this[DomainTexts.Class(callClass)];

    /// <summary>The name of an invoice line's item.</summary>
    public string LineItem(string section, string code) => this[DomainTexts.Item(section, code)];

    public string TaxCategory(string category) => IsJapanese ? Terms.CategoryJa(category) : Terms.CategoryEn(category);

    public string Rate(TaxRate rate) => Percent(rate.Fraction);

    public string Service(ServiceKind service) => service == ServiceKind.Biz ? "050 plus for Biz" : "050 plus W-mode";

    /// <summary>The days of the week and the time from which a period of a price plan holds: <c>土日祝 08:00から</c>, <c>sat,sun,holiday from 08:00</c>.</summary>
    public string Period(PricePeriodDocument period) =>
        IsJapanese ? Terms.PeriodJa(new(period.Days, period.From)) : Terms.PeriodEn(new(period.Days, period.From));

    /// <summary>The days of a validity, the last one included.</summary>
    public string Validity(LocalDate from, LocalDate? to) => to is { } end ? $"{Day(from)} – {Day(end.PlusDays(-1))}" : $"{Day(from)} –";

    internal static LocalDateTime InTokyo(Instant at) => Tokyo.At(at);

    internal static LocalDate Today(IClock clock) => Tokyo.At(clock.GetCurrentInstant()).Date;

    private string Weekday(LocalDate day) => this[Weekdays[(int)day.DayOfWeek - 1]];

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
