using Billing.Contracts.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;

namespace Billing.Service.Access;

/// <summary>Who may do what: <c>account-{name}</c> and <c>api-key-{id}</c> streams, with what they come to beside them.</summary>
internal static class Configuration
{
    public static void Configure(StoreOptions options)
    {
        options.Events.MapEventType<AccountCreated>("account_created.v1");
        options.Events.MapEventType<PasswordChanged>("password_changed.v1");
        options.Events.MapEventType<RolesChanged>("roles_changed.v1");
        options.Events.MapEventType<AccountLocked>("account_locked.v1");
        options.Events.MapEventType<AccountUnlocked>("account_unlocked.v1");
        options.Events.MapEventType<SecondFactorEnrolled>("second_factor_enrolled.v1");
        options.Events.MapEventType<SecondFactorRemoved>("second_factor_removed.v1");
        options.Events.MapEventType<SignedIn>("signed_in.v1");
        options.Events.MapEventType<SignInFailed>("sign_in_failed.v1");
        options.Events.MapEventType<SignedOut>("signed_out.v1");
        options.Events.MapEventType<ApiKeyMade>("api_key_made.v1");
        options.Events.MapEventType<ApiKeyRotated>("api_key_rotated.v1");
        options.Events.MapEventType<ApiKeyRevoked>("api_key_revoked.v1");
        options.Events.MapEventType<ApiKeyUsed>("api_key_used.v1");
        options.Events.MapEventType<UnknownSignInRefused>("unknown_sign_in_refused.v1");
        options.Events.MapEventType<ExternalSignedIn>("external_signed_in.v1");
        options.Events.MapEventType<NumbersRevealed>("numbers_revealed.v1");
        options.Projections.Snapshot<Account>(SnapshotLifecycle.Inline);
        options.Projections.Snapshot<ApiKey>(SnapshotLifecycle.Inline);
        options.Projections.Add(new AuditTables(), ProjectionLifecycle.Inline);
        AuditTables.AddTables(options);
        options.Schema.For<DataProtectionKey>().DocumentAlias("data_protection_key");
    }
}
