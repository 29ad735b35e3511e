using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Billing.Contracts.Json;
using NodaTime;
using NodaTime.Text;

namespace Billing.Service.Ingestion.Broker;

/// <summary>A message that could not be read and was put aside: nothing of it was taken in.</summary>
/// <param name="Id">Made of all that the message says: the same message twice has one id.</param>
/// <param name="File">The name that it goes by.</param>
/// <param name="Reason">Why it was put aside.</param>
/// <param name="PutAsideAt">When; null when the broker does not tell.</param>
/// <param name="Bytes">How long its body is.</param>
internal sealed record DeadMessage(string Id, string File, string? Profile, string Reason, Instant? PutAsideAt, long Bytes)
{
    public const string ReasonHeader = "refused";
    public const string AtHeader = "refused-at";

    /// <param name="reason">What its header says why; null when it was not put aside by a server.</param>
    public static DeadMessage Of(CdrMessage message, string? reason, Instant? at, ReadOnlySpan<byte> body) =>
        new(IdOf(message, body), message.File, message.ProfileName, reason ?? "it was sent here", at, body.Length);

    /// <summary>The headers with which a message is put aside.</summary>
    public static IEnumerable<(string Name, string Value)> Headers(DocumentFault reason, Instant now) =>
        [(ReasonHeader, $"{reason.Path}: {reason.Reason}"), (AtHeader, InstantPattern.ExtendedIso.Format(now))];

    /// <summary>What the header of the time says; null when it is none.</summary>
    public static Instant? AtOf(string? text) => text is not null && InstantPattern.ExtendedIso.Parse(text) is { Success: true, Value: var at } ? at : null;

    private static string IdOf(CdrMessage message, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var text in (string?[])[message.File, message.ProfileName, message.Source, message.Encoding])
        {
            var bytes = Encoding.UTF8.GetBytes(text ?? "");
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }
}
