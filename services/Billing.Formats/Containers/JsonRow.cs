using System.Text.Json;
using Billing.Contracts;

namespace Billing.Formats.Containers;

/// <summary>A JSON object; columns are paths such as <c>variables.uuid</c> or <c>callflow.0.times</c>.</summary>
internal sealed class JsonRow(JsonElement record) : SourceRow
{
    /// <summary>The object in these bytes, or a row that says what is wrong.</summary>
    public static SourceRow Of(ReadOnlyMemory<byte> utf8, long line)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 512 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonRow(document.RootElement.Clone()) { Line = line }
                : new BrokenRow { Line = line, Fault = new RowFault(RejectReason.BadQuote, "", "the record is no JSON object") };
        }
        catch (JsonException)
        {
            return new BrokenRow { Line = line, Fault = new RowFault(RejectReason.BadQuote, "", "the record is no JSON") };
        }
    }

    protected override string? Column(string column)
    {
        // a member may have dots in its name
        if (record.TryGetProperty(column, out var whole))
        {
            return Text(whole);
        }

        var at = record;
        foreach (var step in column.Split('.'))
        {
            if (at.ValueKind == JsonValueKind.Array && int.TryParse(step, out var index) && index < at.GetArrayLength() && index >= 0)
            {
                at = at[index];
            }
            else if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(step, out at))
            {
                return null;
            }
        }

        return Text(at);
    }

    private static string? Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Null => null,
        JsonValueKind.Object or JsonValueKind.Array => null,
        _ => element.GetRawText(),
    };
}
