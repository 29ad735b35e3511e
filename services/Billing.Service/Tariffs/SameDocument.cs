using System.Text.Json;
using System.Text.Json.Nodes;

namespace Billing.Service.Tariffs;

/// <summary>Compares documents by what they say.</summary>
internal static class SameDocument
{
    /// <summary>True when the two say the same; the order of members does not count, that of lists does.</summary>
    public static bool Is<T>(T one, T other) => JsonNode.DeepEquals(Node(one), Node(other));

    private static JsonNode? Node<T>(T document) => JsonSerializer.SerializeToNode(document, BillingStore.Json);
}
