using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Contracts.Json;
using Billing.Rating.Records;

namespace Billing.Service.Usage;

/// <summary>One entry of <c>corrections.json</c>, checked. Without facts the call is to be taken back.</summary>
/// <param name="Path">Where it stands in the document.</param>
internal sealed record CallCorrection(string Source, string RecordId, CorrectedFactsDocument? Facts, string Path)
{
    public string Call => $"{Source}/{RecordId}";
}

/// <summary>Reads <c>corrections.json</c> and sets the facts of calls right by it. Pure.</summary>
internal static class CallCorrections
{
    /// <summary>The corrections, or the first fault of the document with its path.</summary>
    public static (IReadOnlyList<CallCorrection>? Corrections, DocumentFault? Fault) Check(CorrectionsDocument document)
    {
        var checkedOnes = new List<CallCorrection>(document.Corrections.Count);
        var calls = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < document.Corrections.Count; i++)
        {
            var (path, entry) = ($"$.corrections[{i}]", document.Corrections[i]);

            // a source holds no slash, a record id may
            var slash = entry.Call.IndexOf('/', StringComparison.Ordinal);
            if (slash <= 0 || slash == entry.Call.Length - 1)
            {
                return (null, new DocumentFault($"{path}.call", "SOURCE/ID is expected"));
            }

            if (!calls.Add(entry.Call))
            {
                return (null, new DocumentFault($"{path}.call", $"{entry.Call} stands in the document more than once"));
            }

            if (entry.Void == true == (entry.Facts is not null))
            {
                return (null, new DocumentFault(path, "either void: true or facts is expected"));
            }

            if (entry.Facts == new CorrectedFactsDocument())
            {
                return (null, new DocumentFault($"{path}.facts", "no fact changes"));
            }

            checkedOnes.Add(new CallCorrection(entry.Call[..slash], entry.Call[(slash + 1)..], entry.Facts, path));
        }

        return (checkedOnes, null);
    }

    /// <summary>The record with the facts set right, or why no switch could have sent such a record.</summary>
    public static (CallRecord? Record, RejectReason Reject) Apply(in CdrRow row, CorrectedFactsDocument facts)
    {
        using var json = new CallJson();
        var merged = (JsonObject)JsonNode.Parse(json.Write(row, SuspenseReason.None, 0, 0, 0))!["call"]!;
        foreach (var (member, value) in (JsonObject)JsonSerializer.SerializeToNode(facts, BillingJson.Options)!)
        {
            merged[member] = value!.DeepClone();
        }

        var corrected = CdrParser.ForJsonLines().Parse(Encoding.UTF8.GetBytes(merged.ToJsonString(BillingStore.Json)));
        return corrected.Reject == RejectReason.None
            ? (JsonSerializer.Deserialize<CallRecorded>(json.Write(corrected, SuspenseReason.None, 0, 0, 0), BillingStore.Json)!.Call, RejectReason.None)
            : (null, corrected.Reject);
    }
}
