using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using NodaTime;
using OtpNet;

namespace Billing.Service.Access;

/// <summary>The second factor of a sign-in: codes of six digits that a device shows, 30 seconds each (TOTP, RFC 6238), and recovery codes.</summary>
public sealed class SecondFactor(IDataProtectionProvider protection)
{
    private const int RecoveryCodes = 10;

    /// <summary>A code of the step before is taken too: clocks differ and people are slow.</summary>
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    private readonly IDataProtector _protector = protection.CreateProtector("Billing.Access.SecondFactor");

    /// <summary>A new secret of 160 bits, for an app to be told.</summary>
    /// <returns>The secret in Base32, its form for storing, and the address that an app reads.</returns>
    public (string Secret, string Protected, string Address) NewSecret(string name)
    {
        var secret = KeyGeneration.GenerateRandomKey(20);
        var text = Base32Encoding.ToString(secret);
        return (text, _protector.Protect(text), new OtpUri(OtpType.Totp, secret, name, "Billing").ToString());
    }

    /// <summary>The time step of which the code is; null when it is none of this time.</summary>
    public long? StepOf(Account account, string code, Instant now) => account.ProtectedSecret is { } secret ? StepOf(secret, code, now) : null;

    /// <inheritdoc cref="StepOf(Account, string, Instant)"/>
    public long? StepOf(string protectedSecret, string code, Instant now)
    {
        code = code.Replace(" ", "", StringComparison.Ordinal);
        return code.Length == 6 && code.All(char.IsAsciiDigit)
            && new Totp(Base32Encoding.ToBytes(_protector.Unprotect(protectedSecret))).VerifyTotp(now.ToDateTimeUtc(), code, out var step, Window)
                ? step
                : null;
    }

    /// <summary>Ten codes that each stand in once for the device, 50 bits each.</summary>
    public static IReadOnlyList<string> NewRecoveryCodes() =>
        [.. Enumerable.Range(0, RecoveryCodes).Select(_ => $"{Part()}-{Part()}")];

    /// <summary>How a recovery code is kept: it is random, so a plain digest is enough.</summary>
    public static string RecoveryHash(string code) => ApiKeySecret.HashOf($"recovery {code.Trim().ToLowerInvariant()}");

    private static string Part() => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 5);
}
