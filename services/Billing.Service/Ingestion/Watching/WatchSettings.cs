using Billing.Formats;
using Billing.Service.Hosting;

namespace Billing.Service.Ingestion.Watching;

/// <summary>A folder in which a switch leaves its files.</summary>
/// <param name="Profile">What makes calls of their rows; null when they are cdr v1.</param>
public sealed record WatchedFolder(string Path, Profile? Profile);

/// <summary>What <see cref="BillingSettings"/> say about folders in which files appear.</summary>
/// <param name="Folders">The folders that <c>billing serve</c> watches.</param>
/// <param name="Every">How often they are looked into.</param>
/// <param name="Settle">How long a file must stay the same before it counts as complete; zero when files are renamed in as they are complete.</param>
public sealed record WatchSettings(IReadOnlyList<WatchedFolder> Folders, TimeSpan Every, TimeSpan Settle)
{
    /// <summary>The settings there are.</summary>
    internal static IReadOnlyList<SettingDefinition> Definitions { get; } =
    [
        new("watch", ["BILLING_WATCH"], null, "Folders whose files serve takes in, separated by ; a folder of a switch's files as folder=profile"),
        new("watch-every", ["BILLING_WATCH_EVERY"], "00:00:02", "How often watched folders are looked into: hours:minutes:seconds", Flag: "every"),
        new("watch-settle", ["BILLING_WATCH_SETTLE"], "00:00:05", "A file there is complete when its size and time stayed the same so long; 00:00:00 when files are renamed to their names as they are complete", Flag: "settle"),
    ];

    /// <exception cref="SettingException">A folder is not there, or a profile is none.</exception>
    internal static WatchSettings Of(BillingSettings settings) => Of(settings,
        [.. (settings.Text("watch") ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Read)]);

    /// <summary>The same for one folder that a command names.</summary>
    internal static WatchSettings Of(BillingSettings settings, WatchedFolder folder) => Of(settings, [Existing(folder)]);

    private static WatchSettings Of(BillingSettings settings, IReadOnlyList<WatchedFolder> folders) => new(
        folders,
        settings.Duration("watch-every", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        settings.Duration("watch-settle", TimeSpan.Zero, TimeSpan.FromHours(1)));

    private static WatchedFolder Read(string text)
    {
        if (Directory.Exists(text) || !text.Contains('=', StringComparison.Ordinal))
        {
            return Existing(new WatchedFolder(text, null));
        }

        var (folder, name) = (text[..text.LastIndexOf('=')], text[(text.LastIndexOf('=') + 1)..]);
        var (profile, fault) = NamedProfile.Read(name);
        return profile is not null ? Existing(new WatchedFolder(folder, profile)) : throw new SettingException($"watch: profile {name}: {fault}");
    }

    private static WatchedFolder Existing(WatchedFolder folder) => Directory.Exists(folder.Path)
        ? folder with { Path = Path.GetFullPath(folder.Path) }
        : throw new SettingException($"watch: there is no folder {folder.Path}", IsUsage: false);
}
