using Billing.Contracts.Json;
using NodaTime;
using RabbitMQ.Client;

namespace Billing.Service.Ingestion.Broker;

/// <summary>A message of the queue of those that could not be read, as the broker carries it.</summary>
internal static class DeadLetter
{
    /// <summary>Headers that tell of an earlier way through the queues; a message that is sent back has none.</summary>
    private static readonly string[] Marks =
        [DeadMessage.ReasonHeader, DeadMessage.AtHeader, "x-death", "x-first-death-exchange", "x-first-death-queue", "x-first-death-reason", "x-delivery-count"];

    public static DeadMessage Read(IReadOnlyBasicProperties properties, ReadOnlySpan<byte> body) =>
        DeadMessage.Of(CdrMessage.Of(properties), ReasonOf(properties.Headers), AtOf(properties.Headers), body);

    /// <summary>What a message is put aside with.</summary>
    public static BasicProperties Aside(IReadOnlyBasicProperties properties, DocumentFault reason, Instant now)
    {
        var aside = Again(properties);
        foreach (var (name, value) in DeadMessage.Headers(reason, now))
        {
            aside.Headers![name] = value;
        }

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

    private static string? ReasonOf(IDictionary<string, object?>? headers) =>
        CdrMessage.Text(headers, DeadMessage.ReasonHeader) ?? CdrMessage.Text(headers, "x-first-death-reason") switch
        {
            "delivery_limit" => "every attempt at it ended with its process or its connection",
            "expired" => "it ran out before it was taken",
            var other => other,
        };

    private static Instant? AtOf(IDictionary<string, object?>? headers) =>
        DeadMessage.AtOf(CdrMessage.Text(headers, DeadMessage.AtHeader)) ?? (headers?.TryGetValue("x-death", out var deaths) == true && deaths is IList<object> { Count: > 0 } list
            && list[0] is IDictionary<string, object> death && death.TryGetValue("time", out var time) && time is AmqpTimestamp stamp
            ? Instant.FromUnixTimeSeconds(stamp.UnixTime)
            : null);
}
