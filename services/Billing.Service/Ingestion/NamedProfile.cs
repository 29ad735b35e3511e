using Billing.Contracts.Json;
using Billing.Formats;

namespace Billing.Service.Ingestion;

/// <summary>Profiles by what somebody calls them: the name of one that comes with the command, or a file that holds one.</summary>
internal static class NamedProfile
{
    /// <param name="name">The name of a profile that comes with the command, or a file.</param>
    /// <param name="source">The name of the switch, in place of the profile's.</param>
    public static (Profile? Profile, DocumentFault? Fault) Read(string name, string? source = null) => Find(name) is { } document
        ? BuiltInProfiles.Read(document, source)
        : (null, new DocumentFault("$", "no profile of that name comes with the command, and there is no such file"));

    /// <summary>The same of those only that come with the command: who sends records from elsewhere names no file of this machine.</summary>
    public static (Profile? Profile, DocumentFault? Fault) ReadShipped(string name, string? source) => BuiltInProfiles.Find(name) is { } document
        ? BuiltInProfiles.Read(document, source)
        : (null, new DocumentFault("profile", "there is no profile of that name"));

    /// <summary>The document; null when there is none.</summary>
    public static byte[]? Find(string name) => BuiltInProfiles.Find(name) ?? (File.Exists(name) ? InputFile.ReadAll(name) : null);
}
