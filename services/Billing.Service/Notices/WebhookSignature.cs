using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Billing.Service.Notices;

/// <summary>
/// Signs webhooks as Standard Webhooks has it: HMAC-SHA256 over <c>id.timestamp.body</c>, in base64 behind <c>v1,</c>; one signature per key,
/// separated by spaces.
/// </summary>
public static class WebhookSignature
{
    private const string Prefix = "whsec_";
    private const int SecretBytes = 32;

    /// <summary>A new random key.</summary>
    public static string NewSecret() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(SecretBytes));

    /// <summary>The value of <c>webhook-signature</c>.</summary>
    /// <param name="timestamp">Unix seconds, the value of <c>webhook-timestamp</c>.</param>
    public static string Of(IEnumerable<string> secrets, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")), .. body];
        return string.Join(' ', secrets.Select(secret => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret[Prefix.Length..]), signed))}"));
    }
}
