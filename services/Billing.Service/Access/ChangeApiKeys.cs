using System.Text.Json.Serialization;
using Billing.Contracts;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.Access;

/// <summary>Lets a machine call the API with a key whose hash this is, see <see cref="ApiKeySecret"/>.</summary>
public sealed record MakeApiKey(
    string Key, string Label, IReadOnlyList<string> Roles, IReadOnlyList<string> Contracts, string SecretHash, Instant ExpiresAt, string By, Instant At)
{
    /// <summary>The longest life of a key.</summary>
    public static readonly Duration LongestLife = Duration.FromDays(730);

    [JsonIgnore]
    public string Stream => ApiKey.StreamOf(Key);
}

/// <summary>Gives a key a new secret; the old one is good until <paramref name="OldValidUntil"/>.</summary>
public sealed record RotateApiKey(string Key, string SecretHash, Instant OldValidUntil, Instant ExpiresAt, string By, Instant At)
{
    [JsonIgnore]
    public string Stream => ApiKey.StreamOf(Key);
}

/// <summary>Ends a key at once.</summary>
public sealed record RevokeApiKey(string Key, string Reason, string By, Instant At)
{
    [JsonIgnore]
    public string Stream => ApiKey.StreamOf(Key);
}

/// <summary>Notes that a key was used, unless that was noted not long ago.</summary>
public sealed record NoteApiKeyUse(string Key, string Address, Instant At)
{
    [JsonIgnore]
    public string Stream => ApiKey.StreamOf(Key);
}

public static class MakeApiKeyHandler
{
    public static Refusal? Validate(MakeApiKey command, ApiKey? key) =>
        StoredText.Refuse(command)
        ?? StoredText.RefuseId(command.Label, "key's label")
        ?? AccessRules.RefuseScope(command.Roles, command.Contracts, [])
        ?? ApiKeyRules.RefuseExpiry(command.ExpiresAt, command.At)
        ?? (key is null ? null : AccessRules.Refused($"there is a key {command.Key} already"));

    public static (CommandResult Result, Events Events) Handle(MakeApiKey command, [WriteAggregate(nameof(MakeApiKey.Stream), Required = false)] ApiKey? key) =>
        (CommandResult.Done(command.Key),
            [new ApiKeyMade(command.Key, command.Label, command.Roles, command.Contracts, command.SecretHash, command.ExpiresAt, command.By, command.At)]);
}

public static class RotateApiKeyHandler
{
    public static Refusal? Validate(RotateApiKey command, ApiKey? key) =>
        ApiKeyRules.RefuseChange(key, command.Key)
        ?? StoredText.Refuse(command)
        ?? ApiKeyRules.RefuseExpiry(command.ExpiresAt, command.At)
        ?? (command.OldValidUntil < command.At || command.OldValidUntil > command.At + Duration.FromDays(30)
            ? AccessRules.Refused("the old secret is good for 0 to 30 days longer") : null);

    public static (CommandResult Result, Events Events) Handle(RotateApiKey command, [WriteAggregate(nameof(RotateApiKey.Stream), Required = false)] ApiKey? key) =>
        (CommandResult.Done(command.Key), [new ApiKeyRotated(command.SecretHash, Instant.Min(command.OldValidUntil, key!.ExpiresAt), command.ExpiresAt, command.By, command.At)]);
}

public static class RevokeApiKeyHandler
{
    public static Refusal? Validate(RevokeApiKey command, ApiKey? key) =>
        ApiKeyRules.RefuseChange(key, command.Key)
        ?? StoredText.Refuse(command)
        ?? (string.IsNullOrWhiteSpace(command.Reason) ? AccessRules.Refused("why it is revoked is to be said") : null);

    public static (CommandResult Result, Events Events) Handle(RevokeApiKey command, [WriteAggregate(nameof(RevokeApiKey.Stream), Required = false)] ApiKey? key) =>
        (CommandResult.Done(command.Key), [new ApiKeyRevoked(command.Reason, command.By, command.At)]);
}

public static class NoteApiKeyUseHandler
{
    public static Refusal? Validate(NoteApiKeyUse command, ApiKey? key) => ApiKeyRules.RefuseChange(key, command.Key);

    public static (CommandResult Result, Events Events) Handle(NoteApiKeyUse command, [WriteAggregate(nameof(NoteApiKeyUse.Stream), Required = false)] ApiKey? key) =>
        (CommandResult.Done(command.Key), key!.IsToBeNoted(command.At) ? [new ApiKeyUsed(command.Address, command.At)] : []);
}

internal static class ApiKeyRules
{
    public static Refusal? RefuseChange(ApiKey? key, string id) =>
        key is null ? AccessRules.Refused($"there is no key {id}")
        : key.RevokedAt is not null ? AccessRules.Refused($"key {id} is revoked")
        : null;

    public static Refusal? RefuseExpiry(Instant expires, Instant now) =>
        expires <= now || expires > now + MakeApiKey.LongestLife ? AccessRules.Refused($"a key is good for 1 to {MakeApiKey.LongestLife.TotalDays} days") : null;
}
