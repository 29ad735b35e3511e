using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Billing.Contracts.Json;
using NodaTime;
using NodaTime.Text;
using RabbitMQ.Client;

namespace Billing.Service.Ingestion.Broker;

/// <summary>A message that could not be read and was put aside: nothing of it was taken in.</summary>
/// <param name="Id">Made of all that the message says: the same message twice has one id.</param>
/// <param name="File">The name that it goes by.</param>
/// <param name="Reason">Why it was put aside.</param>
/// <param name="PutAsideAt">When; null when the broker does not tell.</param>
/// <param name="Bytes">How long its body is.</param>
internal sealed record DeadMessage(string Id, string File, string? Profile, string Reason, Instant? PutAsideAt, long Bytes)
{
    private const string ReasonHeader = "refused";
    private const string AtHeader = "refused-at";

    /// <summary>Headers that tell of an earlier way through the queues; a message that is sent back has none.</summary>
    private static readonly string[] Marks = [ReasonHeader, AtHeader, "x-death", "x-first-death-exchange", "x-first-death-queue", "x-first-death-reason", "x-delivery-count"];

    public static DeadMessage Of(IReadOnlyBasicProperties properties, ReadOnlySpan<byte> body)
    {
        var message = CdrMessage.Of(properties);
        return new DeadMessage(IdOf(message, body), message.File, message.ProfileName, ReasonOf(properties.Headers), AtOf(properties.Headers), body.Length);
    }

    /// <summary>What a message is put aside with.</summary>
    public static BasicProperties Aside(IReadOnlyBasicProperties properties, DocumentFault reason, Instant now)
    {
        var aside = Again(properties);
        aside.Headers![ReasonHeader] = $"{reason.Path}: {reason.Reason}";
        aside.Headers[AtHeader] = InstantPattern.ExtendedIso.Format(now);
        return aside;
    }

    /// <summary>What a message is sent with again. It does not run out, and its user is who sends it now.</summary>
    public static BasicProperties Again(IReadOnlyBasicProperties properties)
    {
        var again = new BasicProperties(properties)
        {
            Persistent = true,
            Headers = (properties.Headers ?? new Dictionary<string, object?>()).Where(header => !Marks.Contains(header.Key)).ToDictionary(),
        };
        again.ClearExpiration();
        again.ClearUserId();
        return again;
    }

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

    private static string ReasonOf(IDictionary<string, object?>? headers) => CdrMessage.Text(headers, ReasonHeader) ?? CdrMessage.Text(headers, "x-first-death-reason") switch
    {
        "delivery_limit" => "every attempt at it ended with its process or its connection",
        "expired" => "it ran out before it was taken",
        { } other => other,
        null => "it was sent here",
    };

    private static Instant? AtOf(IDictionary<string, object?>? headers) =>
        CdrMessage.Text(headers, AtHeader) is { } text && InstantPattern.ExtendedIso.Parse(text) is { Success: true, Value: var at } ? at
        : headers?.TryGetValue("x-death", out var deaths) == true && deaths is IList<object> { Count: > 0 } list
            && list[0] is IDictionary<string, object> death && death.TryGetValue("time", out var time) && time is AmqpTimestamp stamp ? Instant.FromUnixTimeSeconds(stamp.UnixTime)
        : null;
}
