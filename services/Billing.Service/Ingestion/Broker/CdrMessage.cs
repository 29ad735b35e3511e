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

    /// <summary>The headers that say so.</summary>
    public IEnumerable<(string Name, string Value)> Headers =>
        from header in ((string Name, string? Value)[])[(FileHeader, File), (ProfileHeader, ProfileName), (SourceHeader, Source)]
        where header.Value is not null
        select (header.Name, header.Value);

    public static CdrMessage Of(IReadOnlyBasicProperties properties) => Of(name => Text(properties.Headers, name), properties.MessageId ?? "message", properties.ContentEncoding);

    /// <param name="header">A header as text; null when there is none of that name.</param>
    /// <param name="name">What it goes by when its sender does not say.</param>
    /// <param name="encoding">How it says it is compressed.</param>
    public static CdrMessage Of(Func<string, string?> header, string name, string? encoding) => new(
        Name(header(FileHeader)) ?? Name(name) ?? "message",
        Whole(header(ProfileHeader)),
        Whole(header(SourceHeader)),
        Whole(encoding));

    /// <summary>A header as text on one line; null when it is not there, empty or no text.</summary>
    public static string? Text(IDictionary<string, object?>? headers, string name) => headers?.TryGetValue(name, out var value) != true ? null : value switch
    {
        byte[] bytes => Text(bytes),
        string text => Whole(text),
        _ => null,
    };

    /// <summary>The bytes of a header as text on one line; null when there are none.</summary>
    public static string? Text(byte[]? bytes) => bytes is null ? null : Whole(System.Text.Encoding.UTF8.GetString(bytes));

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
