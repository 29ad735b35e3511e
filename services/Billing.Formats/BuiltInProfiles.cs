using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Formats;

/// <summary>The profiles that come with the command, as they stand under <c>contracts/profiles</c>.</summary>
public static class BuiltInProfiles
{
    private const string Folder = "profiles/";

    /// <summary>Their names, sorted.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(BuiltInProfiles).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^".json".Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>The document as it is written; null when there is none of that name.</summary>
    public static byte[]? Find(string name)
    {
        using var stream = typeof(BuiltInProfiles).Assembly.GetManifestResourceStream($"{Folder}{name}.json");
        if (stream is null)
        {
            return null;
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Reads and compiles a profile.</summary>
    /// <param name="source">The name of the switch, in place of the profile's.</param>
    public static (Profile? Profile, DocumentFault? Fault) Read(ReadOnlySpan<byte> utf8, string? source = null)
    {
        var (document, fault) = DocumentReader.Read<ProfileDocument>(utf8);
        return document is null ? (null, fault) : Profile.Compile(document, source);
    }
}
