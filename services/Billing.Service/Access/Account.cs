using NodaTime;

namespace Billing.Service.Access;

/// <summary>A person's account as its events tell it; kept as a document beside its stream <c>account-{name}</c>.</summary>
public sealed class Account
{
    public const string Prefix = "account-";

    /// <summary>A session that was ended is remembered so long; none lives longer.</summary>
    public static readonly Duration LongestSession = Duration.FromDays(7);

    /// <summary>The stream's key.</summary>
    public string Id { get; set; } = "";

    /// <summary>The version of the stream.</summary>
    public long Version { get; set; }

    public string Name { get; set; } = "";

    public string PasswordHash { get; set; } = "";

    public List<string> Roles { get; set; } = [];

    public List<string> Contracts { get; set; } = [];

    public List<string> Departments { get; set; } = [];

    /// <summary>How often what a session relies on has changed; a session knows the number it began with.</summary>
    public int Stamp { get; set; }

    /// <summary>Refusals since the last success.</summary>
    public int Failures { get; set; }

    /// <summary>Nobody signs in before; past or null when open.</summary>
    public Instant? LockedUntil { get; set; }

    /// <summary>Locked by hand.</summary>
    public bool IsLocked { get; set; }

    /// <summary>Who locked it by hand; null when nobody did.</summary>
    public string? LockedBy { get; set; }

    /// <summary>The enciphered secret of the second factor; null without one.</summary>
    public string? ProtectedSecret { get; set; }

    public List<string> RecoveryHashes { get; set; } = [];

    /// <summary>The newest time step of which a code was used.</summary>
    public long LastStep { get; set; }

    public Instant CreatedAt { get; set; }

    /// <summary>Who made it; null of an account that is older than this member.</summary>
    public string? CreatedBy { get; set; }

    public Instant? LastSignedInAt { get; set; }

    /// <summary>Sessions that were ended while others may go on.</summary>
    public Dictionary<string, Instant> Ended { get; set; } = [];

    /// <summary>True when a code is asked for beside the password.</summary>
    public bool HasSecondFactor => ProtectedSecret is not null;

    public static string StreamOf(string name) => Prefix + name;

    public void Apply(AccountCreated e)
    {
        (Name, PasswordHash, CreatedAt, CreatedBy) = (e.Name, e.PasswordHash, e.At, e.By);
        (Roles, Contracts, Departments) = ([.. e.Roles], [.. e.Contracts], [.. e.Departments]);
    }

    public void Apply(PasswordChanged e)
    {
        PasswordHash = e.PasswordHash;
        Stamp++;
    }

    public void Apply(RolesChanged e)
    {
        (Roles, Contracts, Departments) = ([.. e.Roles], [.. e.Contracts], [.. e.Departments]);
        Stamp++;
    }

    public void Apply(AccountLocked e)
    {
        LockedUntil = e.Until;
        if (e.Until is null)
        {
            (IsLocked, LockedBy) = (true, e.By);
            Stamp++;
        }
    }

    public void Apply(AccountUnlocked e) => (IsLocked, LockedBy, LockedUntil, Failures) = (false, null, null, 0);

    public void Apply(SecondFactorEnrolled e)
    {
        (ProtectedSecret, RecoveryHashes) = (e.ProtectedSecret, [.. e.RecoveryHashes]);
        Stamp++;
    }

    public void Apply(SecondFactorRemoved e)
    {
        (ProtectedSecret, RecoveryHashes) = (null, []);
        Stamp++;
    }

    public void Apply(SignedIn e)
    {
        (Failures, LockedUntil, LastSignedInAt) = (0, null, e.At);
        LastStep = Math.Max(LastStep, e.Step ?? 0);
        RecoveryHashes.RemoveAll(hash => hash == e.RecoveryHash);
    }

    public void Apply(SignInFailed e) => Failures++;

    public void Apply(SignedOut e)
    {
        foreach (var old in Ended.Where(one => one.Value + LongestSession < e.At).Select(one => one.Key).ToList())
        {
            Ended.Remove(old);
        }

        Ended[e.Session] = e.At;
    }
}
