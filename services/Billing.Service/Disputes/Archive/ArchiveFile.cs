using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Billing.Service.Disputes.Archive;

/// <summary>One file of a dispute's archive.</summary>
/// <param name="Name">Its path in the archive, with <c>/</c>.</param>
public sealed record ArchiveFile(string Name, byte[] Content)
{
    private static readonly JsonSerializerOptions Indented = new(BillingStore.Json) { WriteIndented = true, NewLine = "\n" };

    public string Sha256 => Convert.ToHexStringLower(SHA256.HashData(Content));

    public static ArchiveFile Text(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Something as JSON, indented, with one line end.</summary>
    /// <param name="options">The published form of a document; null for the form of events.</param>
    public static ArchiveFile Json<T>(string name, T content, JsonSerializerOptions? options = null) =>
        Text(name, JsonSerializer.Serialize(content, options ?? Indented) + "\n");
}
