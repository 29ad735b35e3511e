using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Records;

namespace Billing.Service.Usage;

/// <summary>What a stored <c>CallRecorded</c> or <c>CallSuspended</c> says; its texts are valid until the next one is read.</summary>
internal ref struct StoredCall
{
    public CdrRow Row;
    public SuspenseReason Reason;
    public long Delivery;
    public long Line;
    public long Known;
}

/// <summary>
/// Reads stored call events straight from their JSON, without an object between: what is stored is a row of <c>cdr v1</c>
/// as JSON. A record that today's rules for files would refuse is read by the serializer.
/// </summary>
internal sealed class StoredCalls
{
    private readonly CdrParser _parser = CdrParser.ForJsonLines();
    private readonly CallRecordReader _records = new();

    public StoredCall Read(ReadOnlySpan<byte> json)
    {
        var call = default(StoredCall);
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("call"u8))
            {
                reader.Read();
                call.Row = Row(json, ref reader);
            }
            else if (reader.ValueTextEquals("delivery"u8))
            {
                call.Delivery = Number(ref reader);
            }
            else if (reader.ValueTextEquals("line"u8))
            {
                call.Line = Number(ref reader);
            }
            else if (reader.ValueTextEquals("known"u8))
            {
                call.Known = Number(ref reader);
            }
            else if (reader.ValueTextEquals("reason"u8))
            {
                reader.Read();
                call.Reason = Words.SuspenseReasonOf(reader.GetString()!)!.Value;
            }
            else
            {
                reader.Skip();
            }
        }

        return call;
    }

    private CdrRow Row(ReadOnlySpan<byte> json, scoped ref Utf8JsonReader reader)
    {
        var call = reader;
        var row = _parser.Parse(json, ref reader);
        if (row.Reject != RejectReason.None)
        {
            reader = call;
            row = _records.Read(JsonSerializer.Deserialize<CallRecord>(ref reader, BillingStore.Json)!);
        }

        return row;
    }

    private static long Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetInt64();
    }
}
