using System.Globalization;
using System.Text.Json;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;

namespace Billing.Service.Replay;

/// <summary>Finds the first member in which two invoices differ, in the order in which they are written.</summary>
internal static class FirstDifference
{
    /// <returns>Null when the documents are the same byte for byte, apart from the instant of issue.</returns>
    public static DocumentDifference? Of(InvoiceDocument issued, InvoiceDocument? recomputed)
    {
        if (recomputed is null)
        {
            return new DocumentDifference("$", null, "an invoice", null);
        }

        var (left, right) = (Json(issued), Json(recomputed));
        if (Find("$", left, right) is not { } found)
        {
            return null;
        }

        return found with { Line = Line(found.Member, issued) ?? Line(found.Member, recomputed) };
    }

    private static JsonElement Json(InvoiceDocument document) =>
        JsonSerializer.SerializeToElement(document with { IssuedAt = null }, BillingJson.Options);

    private static DocumentDifference? Find(string path, JsonElement issued, JsonElement recomputed)
    {
        if (issued.ValueKind != recomputed.ValueKind)
        {
            return new DocumentDifference(path, null, issued.GetRawText(), recomputed.GetRawText());
        }

        return issued.ValueKind switch
        {
            JsonValueKind.Object => InObject(path, issued, recomputed),
            JsonValueKind.Array => InArray(path, issued, recomputed),
            _ => issued.GetRawText() == recomputed.GetRawText() ? null : new DocumentDifference(path, null, issued.GetRawText(), recomputed.GetRawText()),
        };
    }

    private static DocumentDifference? InObject(string path, JsonElement issued, JsonElement recomputed)
    {
        foreach (var member in issued.EnumerateObject())
        {
            var difference = recomputed.TryGetProperty(member.Name, out var other)
                ? Find($"{path}.{member.Name}", member.Value, other)
                : new DocumentDifference($"{path}.{member.Name}", null, member.Value.GetRawText(), null);
            if (difference is not null)
            {
                return difference;
            }
        }

        foreach (var member in recomputed.EnumerateObject())
        {
            if (!issued.TryGetProperty(member.Name, out _))
            {
                return new DocumentDifference($"{path}.{member.Name}", null, null, member.Value.GetRawText());
            }
        }

        return null;
    }

    private static DocumentDifference? InArray(string path, JsonElement issued, JsonElement recomputed)
    {
        var (left, right) = (issued.GetArrayLength(), recomputed.GetArrayLength());
        for (var i = 0; i < Math.Max(left, right); i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
            var difference = i >= left ? new DocumentDifference(at, null, null, recomputed[i].GetRawText())
                : i >= right ? new DocumentDifference(at, null, issued[i].GetRawText(), null)
                : Find(at, issued[i], recomputed[i]);
            if (difference is not null)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? Line(string member, InvoiceDocument document)
    {
        const string Lines = "$.lines[";
        return member.StartsWith(Lines, StringComparison.Ordinal)
            && int.TryParse(member.AsSpan(Lines.Length, member.IndexOf(']', StringComparison.Ordinal) - Lines.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < document.Lines.Count
            && document.Lines[index] is { } line
            ? string.Join(' ', new[] { line.Section, line.Code, line.Detail, line.Month.ToString(), line.TaxCategory }.Where(word => !string.IsNullOrEmpty(word)))
            : null;
    }
}
