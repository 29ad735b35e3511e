using System.Text.Json;
using System.Text.RegularExpressions;
using NodaTime.Text;

namespace Billing.Contracts.Json;

/// <summary>Why a document is refused and where: <c>$.tariffs[0].plans.fixed</c>.</summary>
public sealed record DocumentFault(string Path, string Reason)
{
    public override string ToString() => $"{Path}: {Reason}";
}

/// <summary>Reads the documents of the published language and says, with its path, what does not belong in one.</summary>
public static partial class DocumentReader
{
    private const string NoNull = "missing: null is not allowed here";

    /// <summary>The document, or the first fault in it.</summary>
    public static (T? Document, DocumentFault? Fault) Read<T>(ReadOnlySpan<byte> utf8)
        where T : class => Read<T>(utf8, BillingJson.Options);

    /// <summary>The same for what is no document of the published language but is read as strictly.</summary>
    public static (T? Document, DocumentFault? Fault) Read<T>(ReadOnlySpan<byte> utf8, JsonSerializerOptions options)
        where T : class
    {
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        if (utf8.Trim(" \t\r\n"u8).IsEmpty)
        {
            return (null, new DocumentFault("$", "the document is empty"));
        }

        try
        {
            var document = JsonSerializer.Deserialize<T>(utf8, options);
            return document is null ? (null, new DocumentFault("$", "the document is null"))
                : NullInList(utf8, options) is { } path ? (null, new DocumentFault(path, NoNull))
                : (document, null);
        }
        catch (JsonException fault)
        {
            return (null, new DocumentFault(fault.Path ?? "$", Reason(fault)));
        }
        catch (InvalidOperationException)
        {
            return (null, new DocumentFault("$", "the document is not UTF-8"));
        }
    }

    /// <summary>
    /// The path of a null in a list. The serializer lets it pass, whatever the elements' type says, and who looks for an element that
    /// may not be there finds null and takes it for none.
    /// </summary>
    private static string? NullInList(ReadOnlySpan<byte> utf8, JsonSerializerOptions options)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowTrailingCommas = options.AllowTrailingCommas, CommentHandling = options.ReadCommentHandling, MaxDepth = options.MaxDepth });
        var path = new Stack<(int Next, string? Member)>(); // a list counts, an object names the member that it is at
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                path.Pop();
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                path.Pop();
                path.Push((0, reader.GetString()));
                continue;
            }

            if (path.TryPeek(out var list) && list.Member is null)
            {
                path.Pop();
                path.Push((list.Next + 1, null));
                if (reader.TokenType == JsonTokenType.Null)
                {
                    return "$" + string.Concat(path.Reverse().Select(step => step.Member is { } member ? $".{member}" : $"[{step.Next - 1}]"));
                }
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                path.Push((0, reader.TokenType == JsonTokenType.StartObject ? "" : null));
            }
        }

        return null;
    }

    private static string Reason(JsonException fault)
    {
        var message = Position().Replace(fault.Message, "");
        if (Unmapped().Match(message) is { Success: true } unmapped)
        {
            return $"unknown member '{unmapped.Groups[1].Value}'";
        }

        if (Missing().Match(message) is { Success: true } missing)
        {
            return $"missing required member {missing.Groups[1].Value}";
        }

        if (message.StartsWith("The constructor parameter", StringComparison.Ordinal) || message.Contains("doesn't allow setting null", StringComparison.Ordinal)
            || message.Contains("doesn't allow null", StringComparison.Ordinal))
        {
            return NoNull;
        }

        if (Convert().IsMatch(message))
        {
            return fault.InnerException switch
            {
                // members with an instant are called so
                UnparsableValueException when fault.Path?.EndsWith("At", StringComparison.Ordinal) == true => "an instant such as 2026-11-01T00:00:00Z is expected",
                UnparsableValueException => "a date YYYY-MM-DD is expected",
                null or InvalidOperationException => "the value has the wrong type or form",
                var inner => inner.Message,
            };
        }

        var at = fault.LineNumber is { } line ? $" (line {line + 1}, byte {fault.BytePositionInLine + 1})" : "";
        return message.Trim() + at;
    }

    [GeneratedRegex(@"\s*Path: .*$|\s*LineNumber: .*$", RegexOptions.Singleline)]
    private static partial Regex Position();

    [GeneratedRegex("^The JSON property '(.*)' could not be mapped")]
    private static partial Regex Unmapped();

    [GeneratedRegex("missing required properties including: (.*?)\\.?$")]
    private static partial Regex Missing();

    [GeneratedRegex("^The JSON value could not be converted|^Cannot convert value")]
    private static partial Regex Convert();
}
