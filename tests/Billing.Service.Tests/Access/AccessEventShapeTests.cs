using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.Access;
using NodaTime;

namespace Billing.Service.Tests.Access;

/// <summary>
/// The stored form of the events of accounts and keys. One that no longer holds means that events in the log can not be read, or no
/// longer say what they said: give the event a new name and upcast the old one.
/// </summary>
public sealed class AccessEventShapeTests
{
    private static readonly Instant At = Instant.FromUtc(2026, 11, 25, 3, 4, 5);

    public static TheoryData<object, string> Forms => new()
    {
        {
            new AccountCreated("desk", "HASH", [Roles.CustomerViewer], ["C-1"], ["sales"], "operator", At),
            """{"name":"desk","passwordHash":"HASH","roles":["customer-viewer"],"contracts":["C-1"],"departments":["sales"],"by":"operator","at":"2026-11-25T03:04:05Z"}"""
        },
        { new PasswordChanged("HASH", "desk", At), """{"passwordHash":"HASH","by":"desk","at":"2026-11-25T03:04:05Z"}""" },
        { new RolesChanged([Roles.Finance], [], [], "operator", At), """{"roles":["finance"],"contracts":[],"departments":[],"by":"operator","at":"2026-11-25T03:04:05Z"}""" },
        { new AccountLocked("left", null, "operator", At), """{"reason":"left","by":"operator","at":"2026-11-25T03:04:05Z"}""" },
        { new AccountLocked("too often", At, "desk", At), """{"reason":"too often","until":"2026-11-25T03:04:05Z","by":"desk","at":"2026-11-25T03:04:05Z"}""" },
        { new AccountUnlocked("operator", At), """{"by":"operator","at":"2026-11-25T03:04:05Z"}""" },
        { new SecondFactorEnrolled("CIPHER", ["H1"], "desk", At), """{"protectedSecret":"CIPHER","recoveryHashes":["H1"],"by":"desk","at":"2026-11-25T03:04:05Z"}""" },
        { new SecondFactorRemoved("desk", At), """{"by":"desk","at":"2026-11-25T03:04:05Z"}""" },
        { new SignedIn("s1", "192.0.2.1", 58, null, At), """{"session":"s1","address":"192.0.2.1","step":58,"at":"2026-11-25T03:04:05Z"}""" },
        { new SignInFailed("code", "192.0.2.1", At), """{"reason":"code","address":"192.0.2.1","at":"2026-11-25T03:04:05Z"}""" },
        { new SignedOut("s1", At), """{"session":"s1","at":"2026-11-25T03:04:05Z"}""" },
        { new UnknownSignInRefused("192.0.2.1", At), """{"address":"192.0.2.1","at":"2026-11-25T03:04:05Z"}""" },
        {
            new ExternalSignedIn("desk", "https://login.example.jp", [Roles.Finance], "192.0.2.1", At),
            """{"name":"desk","provider":"https://login.example.jp","roles":["finance"],"address":"192.0.2.1","at":"2026-11-25T03:04:05Z"}"""
        },
        {
            new ApiKeyMade("9f31c04a77de", "switch room", [Roles.Pipeline], [], "HASH", At, "operator", At),
            """{"key":"9f31c04a77de","label":"switch room","roles":["pipeline"],"contracts":[],"secretHash":"HASH","expiresAt":"2026-11-25T03:04:05Z","by":"operator","at":"2026-11-25T03:04:05Z"}"""
        },
        { new ApiKeyRotated("HASH", At, At, "operator", At), """{"secretHash":"HASH","oldValidUntil":"2026-11-25T03:04:05Z","expiresAt":"2026-11-25T03:04:05Z","by":"operator","at":"2026-11-25T03:04:05Z"}""" },
        { new ApiKeyRevoked("lost", "operator", At), """{"reason":"lost","by":"operator","at":"2026-11-25T03:04:05Z"}""" },
        { new ApiKeyUsed("192.0.2.1", At), """{"address":"192.0.2.1","at":"2026-11-25T03:04:05Z"}""" },
        { new NumbersRevealed("sw-1/42", "dispute 7", "desk", "C-1", At), """{"what":"sw-1/42","reason":"dispute 7","by":"desk","contract":"C-1","at":"2026-11-25T03:04:05Z"}""" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void An_event_is_written_as_it_always_was_and_read_back_whole(object happened, string json)
    {
        JsonSerializer.Serialize(happened, happened.GetType(), BillingStore.Json).ShouldBe(json);
        JsonSerializer.Serialize(JsonSerializer.Deserialize(json, happened.GetType(), BillingStore.Json), happened.GetType(), BillingStore.Json).ShouldBe(json);
    }

    [Fact]
    public void Every_event_at_the_door_has_a_form_and_a_kind()
    {
        Forms.Select(row => (Type)((object[])row)[0].GetType()).Distinct().Where(type => type != typeof(NumbersRevealed)).ShouldBe(AccessKinds.Events, ignoreOrder: true);
        Forms.Select(row => ((object[])row)[0]).Where(happened => happened is not NumbersRevealed).Select(happened => AccessKinds.Of(happened, "account-x")!.Kind).Distinct()
            .ShouldBe(AccessKinds.All, ignoreOrder: true);
    }

    [Fact]
    public void What_the_access_log_tells_holds_no_digest_and_no_cipher()
    {
        foreach (var row in Forms.Select(row => ((object[])row)[0]).Where(happened => happened is not NumbersRevealed))
        {
            var told = AccessKinds.Of(row, "account-x")!.ToString();
            told.ShouldNotContain("HASH");
            told.ShouldNotContain("CIPHER");
            told.ShouldNotContain("H1");
        }
    }
}
