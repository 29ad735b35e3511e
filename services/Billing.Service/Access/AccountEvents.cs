using NodaTime;

namespace Billing.Service.Access;

/// <summary>Somebody may sign in from now on: the first event of <c>account-{name}</c>.</summary>
/// <param name="PasswordHash">Salted and slow to compute (PBKDF2); the password itself is kept nowhere.</param>
/// <param name="Contracts">The contracts a customer sees; empty for staff.</param>
/// <param name="Departments">The departments of numbers a customer's viewer sees; empty for all.</param>
public sealed record AccountCreated(
    string Name, string PasswordHash, IReadOnlyList<string> Roles, IReadOnlyList<string> Contracts, IReadOnlyList<string> Departments, string By, Instant At);

/// <summary>The account has another password; sessions begun with the old one are over.</summary>
public sealed record PasswordChanged(string PasswordHash, string By, Instant At);

/// <summary>The account may do and see other things than before; its sessions are over.</summary>
public sealed record RolesChanged(IReadOnlyList<string> Roles, IReadOnlyList<string> Contracts, IReadOnlyList<string> Departments, string By, Instant At);

/// <summary>Nobody signs in to the account for a while: after wrong passwords until an instant, by hand until it is unlocked.</summary>
/// <param name="Until">Null until somebody unlocks it.</param>
public sealed record AccountLocked(string Reason, Instant? Until, string By, Instant At);

/// <summary>The account is open again.</summary>
public sealed record AccountUnlocked(string By, Instant At);

/// <summary>A second factor is asked for from now on (RFC 6238).</summary>
/// <param name="ProtectedSecret">The shared secret, enciphered with the service's keys.</param>
/// <param name="RecoveryHashes">SHA-256 of the codes that each stand in once for a lost device.</param>
public sealed record SecondFactorEnrolled(string ProtectedSecret, IReadOnlyList<string> RecoveryHashes, string By, Instant At);

/// <summary>The password alone is enough again.</summary>
public sealed record SecondFactorRemoved(string By, Instant At);

/// <summary>Somebody signed in.</summary>
/// <param name="Session">The session that began.</param>
/// <param name="Step">The time step of the second factor's code, which is good once; null without one.</param>
/// <param name="RecoveryHash">The recovery code that was used up.</param>
public sealed record SignedIn(string Session, string Address, long? Step, string? RecoveryHash, Instant At);

/// <summary>Somebody tried to sign in and was refused.</summary>
/// <param name="Reason"><c>password</c> or <c>code</c>.</param>
public sealed record SignInFailed(string Reason, string Address, Instant At);

/// <summary>A session was ended by its owner.</summary>
public sealed record SignedOut(string Session, Instant At);
