using System.Globalization;
using System.Text;
using Billing.Contracts.Json;
using Billing.Service.Ingestion.Broker;
using Confluent.Kafka;
using NodaTime;

namespace Billing.Service.Ingestion.Kafka;

/// <summary>Records of the topics as messages: what their headers say, and what they are put aside and sent again with.</summary>
internal static class CdrRecord
{
    private const string EncodingHeader = "content-encoding";

    /// <summary>Keeps the key of a record that lies aside, where its id is the key.</summary>
    private const string KeyHeader = "record-key";

    private static readonly string[] Marks = [DeadMessage.ReasonHeader, DeadMessage.AtHeader, KeyHeader];

    /// <summary>What a record says about its body. One without a name goes by its place.</summary>
    public static CdrMessage Read(ConsumeResult<byte[]?, byte[]?> record) => CdrMessage.Of(
        name => Text(record.Message.Headers, name),
        string.Create(CultureInfo.InvariantCulture, $"{record.Topic}-{record.Partition.Value}-{record.Offset.Value}"),
        Text(record.Message.Headers, EncodingHeader));

    /// <summary>A new record. The files of one switch stay in their order, for a half of a call may lie in an earlier one; other files go anywhere.</summary>
    public static Message<byte[]?, byte[]?> Of(CdrMessage message, byte[] body) => new()
    {
        Key = message.ProfileName is null ? null : Encoding.UTF8.GetBytes(message.Source ?? message.ProfileName),
        Value = body,
        Headers = With([], message.Headers),
    };

    /// <summary>What a record is put aside with: its id as key, so that whoever puts it aside again, or marks it as sent back, means this one.</summary>
    public static Message<byte[]?, byte[]?> Aside(ConsumeResult<byte[]?, byte[]?> record, DocumentFault reason, Instant now)
    {
        var (message, body) = (Read(record), record.Message.Value ?? []);
        var headers = Without(record.Message.Headers, [.. Marks, CdrMessage.FileHeader]);
        if (record.Message.Key is { } key)
        {
            headers.Add(KeyHeader, key);
        }

        return new()
        {
            Key = Encoding.UTF8.GetBytes(DeadMessage.Of(message, null, null, body).Id),
            Value = body,
            Headers = With(headers, [(CdrMessage.FileHeader, message.File), .. DeadMessage.Headers(reason, now)]),
        };
    }

    /// <summary>What a record that lies aside is sent again with.</summary>
    public static Message<byte[]?, byte[]?> Again(ConsumeResult<byte[]?, byte[]?> dead) => new()
    {
        Key = dead.Message.Headers.TryGetLastBytes(KeyHeader, out var key) ? key : null,
        Value = dead.Message.Value,
        Headers = Without(dead.Message.Headers, Marks),
    };

    /// <summary>A record that lies aside.</summary>
    public static DeadMessage ReadDead(ConsumeResult<byte[]?, byte[]?> dead) => DeadMessage.Of(
        Read(dead),
        Text(dead.Message.Headers, DeadMessage.ReasonHeader),
        DeadMessage.AtOf(Text(dead.Message.Headers, DeadMessage.AtHeader)) ?? Instant.FromUnixTimeMilliseconds(dead.Message.Timestamp.UnixTimestampMs),
        dead.Message.Value);

    private static string? Text(Headers headers, string name) => headers.TryGetLastBytes(name, out var bytes) ? CdrMessage.Text(bytes) : null;

    private static Headers With(Headers headers, IEnumerable<(string Name, string Value)> more)
    {
        foreach (var (name, value) in more)
        {
            headers.Add(name, Encoding.UTF8.GetBytes(value));
        }

        return headers;
    }

    private static Headers Without(Headers headers, string[] names)
    {
        var others = new Headers();
        foreach (var header in headers.Where(header => !names.Contains(header.Key)))
        {
            others.Add(header.Key, header.GetValueBytes());
        }

        return others;
    }
}
