using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Billing.Service.Access;

/// <summary>
/// The text of a key: <c>bill_ID_SECRET</c>, the id 12 hexadecimal digits that may be shown, the secret 256 random bits. It is seen
/// once, when it is made; afterwards only its SHA-256 is known, which is enough because nobody guesses 256 bits.
/// </summary>
public sealed record ApiKeySecret(string Key, string Text)
{
    /// <summary>What every key begins with; scanners of leaked secrets look for such.</summary>
    public const string Mark = "bill_";

    private const int KeyLength = 12;
    private const int SecretLength = 43;

    /// <summary>SHA-256 of the whole text, in hexadecimal.</summary>
    public string Hash => HashOf(Text);

    /// <summary>A new key, or a new secret for a key that is there.</summary>
    public static ApiKeySecret New(string? key = null)
    {
        key ??= RandomNumberGenerator.GetHexString(KeyLength, lowercase: true);
        return new(key, $"{Mark}{key}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}");
    }

    /// <summary>Reads a key as it was sent; null when it is none.</summary>
    public static ApiKeySecret? TryRead(string text) =>
        text.Length == Mark.Length + KeyLength + 1 + SecretLength
        && text.StartsWith(Mark, StringComparison.Ordinal)
        && text[Mark.Length..(Mark.Length + KeyLength)] is var key && key.All(char.IsAsciiHexDigitLower)
        && text[Mark.Length + KeyLength] == '_'
            ? new(key, text)
            : null;

    /// <summary>SHA-256 in hexadecimal.</summary>
    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Compares in a time that tells nothing.</summary>
    public static bool AreEqual(string one, string other) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other));

    /// <summary>Never the secret.</summary>
    public override string ToString() => $"{Mark}{Key}_…";
}
