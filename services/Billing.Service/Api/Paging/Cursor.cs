using System.Buffers.Text;
using System.Text.Json;

namespace Billing.Service.Api.Paging;

/// <summary>
/// A place in a list: what the entry before it is sorted by. It stays right when entries come in or go before or behind it. Clients pass it
/// on as it is.
/// </summary>
internal static class Cursor
{
    private const int Longest = 2000;

    public static string Write(params string[] keys) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(keys));

    /// <summary>The keys in a cursor; null when it is none of a list sorted by so many.</summary>
    public static string[]? Read(string text, int count)
    {
        try
        {
            var keys = text.Length > Longest ? null : JsonSerializer.Deserialize<string[]>(Base64Url.DecodeFromChars(text));
            return keys?.Length == count && !keys.Any(key => key is null || key.Contains('\0', StringComparison.Ordinal)) ? keys : null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException)
        {
            return null;
        }
    }
}
