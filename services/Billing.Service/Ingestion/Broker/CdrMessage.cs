using Billing.Contracts.Json;
using Billing.Formats;
using RabbitMQ.Client;

namespace Billing.Service.Ingestion.Broker;

/// <summary>
/// What a message of call records says about its body, which is a file of call records as any other: CSV with its header or JSON lines, plain or gzip, or what a
/// switch writes.
/// </summary>
/// <param name="File">The name that it goes by: without a folder, on one line and not too long, whatever its sender says.</param>
/// <param name="ProfileName">The profile that makes cdr v1 of it; null when it is cdr v1.</param>
/// <param name="Source">The name of the switch, in place of the profile's.</param>
/// <param name="Encoding">How it says it is compressed.</param>
internal sealed record CdrMessage(string File, string? ProfileName, string? Source, string? Encoding)
{
    public const string FileHeader = "file";
    public const string ProfileHeader = "profile";
    public const string SourceHeader = "source";

    private const int LongestName = 255;

    public static CdrMessage Of(IReadOnlyBasicProperties properties) => new(
        Name(Text(properties.Headers, FileHeader)) ?? Name(properties.MessageId) ?? "message",
        Text(properties.Headers, ProfileHeader),
        Text(properties.Headers, SourceHeader),
        Whole(properties.ContentEncoding));

    /// <summary>A header as text on one line; null when it is not there, empty or no text.</summary>
    public static string? Text(IDictionary<string, object?>? headers, string name) => headers?.TryGetValue(name, out var value) != true ? null : value switch
    {
        byte[] bytes => Whole(System.Text.Encoding.UTF8.GetString(bytes)),
        string text => Whole(text),
        _ => null,
    };

    /// <summary>The profile, null when none is named; or why the message can not be read.</summary>
    public (Profile? Profile, DocumentFault? Fault) FindProfile()
    {
        if (Encoding is not (null or "gzip" or "identity"))
        {
            return (null, new DocumentFault("content-encoding", "a body may be compressed with gzip only"));
        }

        return ProfileName is null ? (null, null) : NamedProfile.ReadShipped(ProfileName, Source);
    }

    private static string? Name(string? text) => Whole(Path.GetFileName(text)) is not { } name ? null
        : name[..Math.Min(name.Length, LongestName)];

    private static string? Whole(string? text) => string.IsNullOrEmpty(text) ? null : new string([.. text.Select(sign => char.IsControl(sign) ? '?' : sign)]);
}
