using System.Globalization;
using Billing.Service.Access;
using Billing.Service.Knowledge;
using NodaTime;

namespace Billing.Service.CommandLine;

/// <summary>Accounts, keys and the auditor's lists for people.</summary>
internal static class AccessText
{
    public static void Write(TextWriter text, IReadOnlyList<AccountChanged> changed)
    {
        foreach (var one in changed.Where(one => one.Refusal is null))
        {
            text.WriteLine(one.Password is null ? one.Name : $"{one.Name,-20} {one.Password}");
        }
    }

    public static void Write(TextWriter text, IReadOnlyList<AccountView> accounts)
    {
        foreach (var one in accounts)
        {
            text.WriteLine(Line($"{one.Name,-20} {one.State,-8} {(one.HasSecondFactor ? "code" : "-"),-5} {When(one.LastSignedInAt),-20} {Seen(one.Roles, one.Contracts, one.Departments)}"));
        }
    }

    public static void Write(TextWriter text, KeyMade made)
    {
        text.WriteLine(made.Text);
        text.WriteLine(Line($"good until {When(made.ExpiresAt)} (Tokyo); it is shown this once"));
    }

    public static void Write(TextWriter text, IReadOnlyList<KeyView> keys)
    {
        foreach (var one in keys)
        {
            text.WriteLine(Line($"{one.Key}  {one.State,-8} until {When(one.ExpiresAt)}  used {When(one.LastUsedAt),-20} {one.Label}: {Seen(one.Roles, one.Contracts, [])}"));
        }
    }

    public static void Write(TextWriter text, IReadOnlyList<RevealEntry> entries)
    {
        foreach (var one in entries)
        {
            text.WriteLine(Line($"{When(one.At)}  {one.By,-20} {one.What}{(one.Contract is null ? "" : $" ({one.Contract})")}: {one.Reason}"));
        }
    }

    public static void Write(TextWriter text, IReadOnlyList<AccessEntry> entries)
    {
        foreach (var one in entries)
        {
            text.WriteLine(Line($"{When(one.At)}  {one.Kind,-22} {one.Who,-20} {one.Address ?? (one.By is null ? "" : $"by {one.By}"),-16} {one.Detail}").TrimEnd());
        }
    }

    private static string Seen(IReadOnlyList<string> roles, IReadOnlyList<string> contracts, IReadOnlyList<string> departments) =>
        string.Join(' ', [string.Join(',', roles), .. contracts, .. departments]);

    private static string When(Instant? at) => at is { } instant ? InstantText.InTokyo(instant) : "-";

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
