using System.Security.Cryptography;
using Billing.Contracts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Billing.Service.Access;

/// <summary>Passwords as they are kept: salted, and 210,000 rounds of PBKDF2 with SHA-512 away from the words.</summary>
public static class Passwords
{
    private static readonly PasswordHasher<Account> Hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));

    private static readonly Account Nobody = new();

    /// <summary>What a password of an account that is not there is compared with: it takes as long and never holds.</summary>
    private static readonly Lazy<string> NoHash = new(() => Hasher.HashPassword(Nobody, RandomNumberGenerator.GetHexString(64)));

    /// <summary>The hash of a password, or why it is none.</summary>
    public static (string? Hash, Refusal? Refusal) Hash(string name, string password) =>
        AccessRules.RefusePassword(name, password) is { } refusal ? (null, refusal) : (Hasher.HashPassword(Nobody, password), null);

    /// <summary>True when it is the account's password; as slow when there is no account.</summary>
    public static bool Holds(Account? account, string password) =>
        password.Length <= AccessRules.LongestPassword
        && Hasher.VerifyHashedPassword(Nobody, account?.PasswordHash ?? NoHash.Value, password) != PasswordVerificationResult.Failed
        && account is not null;

    /// <summary>A random password of 99 bits that can be typed: five groups of four without letters that look alike.</summary>
    public static string Random() =>
        string.Join('-', Enumerable.Range(0, 5).Select(_ => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 4)));
}
