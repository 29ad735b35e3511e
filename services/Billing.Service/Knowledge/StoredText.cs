using System.Text.Json;
using Billing.Contracts;

namespace Billing.Service.Knowledge;

/// <summary>Texts that a document may hold but the database can not.</summary>
internal static class StoredText
{
    /// <summary>The longest name that becomes part of a stream's.</summary>
    public const int LongestId = 100;

    /// <summary>Refuses a document with a zero character anywhere in it.</summary>
    public static Refusal? Refuse<T>(T document)
    {
        var reader = new Utf8JsonReader(JsonSerializer.SerializeToUtf8Bytes(document, BillingStore.Json));
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.GetString()!.Contains('\0', StringComparison.Ordinal))
            {
                return new Refusal(DocumentRule, "a text holds the character U+0000");
            }
        }

        return null;
    }

    /// <summary>Refuses an id that is empty, too long or holds control characters.</summary>
    public static Refusal? RefuseId(string id, string what) =>
        id.Length is 0 or > LongestId || id.Any(char.IsControl)
            ? new Refusal(DocumentRule, $"the {what} is 1 to {LongestId} characters, none of them a control character")
            : null;

    /// <summary>Refuses a change that was made for another state of the stream than the one that stands.</summary>
    /// <param name="reviewedAt">The version of the stream that the change was made for, 0 for none; null: whatever stands.</param>
    public static Refusal? RefuseStale(long? reviewedAt, long version) => reviewedAt is { } reviewed && reviewed != version
        ? new Refusal(VersionRule, $"it was changed since: the change is for version {reviewed}, {(version == 0 ? "there is none" : $"version {version} stands")}; read it again")
        : null;

    /// <summary>The rule named when somebody else was quicker.</summary>
    public const string VersionRule = "version";

    /// <summary>The rule named when a document is not what the published format says.</summary>
    public const string DocumentRule = "document";
}
