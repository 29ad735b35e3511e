using System.Security.Cryptography;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Contracts.Json;
using Billing.Service.Comparing;
using Billing.Service.Invoicing;
using Billing.Service.Replay;
using Npgsql;

namespace Billing.Service.Disputes;

/// <summary>
/// Reads what is to be attached to a dispute: the result of <c>billing replay</c> or <c>billing compare</c> as JSON just as it was written, or
/// the form in which a dispute keeps it.
/// </summary>
internal static class ReadAttachment
{
    /// <summary>What the commands write carries more than is kept.</summary>
    private static readonly JsonSerializerOptions Results = CreateResults();

    /// <param name="database">Where the invoice of a proof is looked up.</param>
    public static async Task<(AttachedReplay? Replay, DocumentFault? Fault)> ReplayAsync(NpgsqlDataSource database, byte[] json, CancellationToken cancel)
    {
        if (Has(json, "basis"))
        {
            var (result, fault) = Read<ReplayResult>(json);
            return result is null ? (null, fault) : Of(result, Digest(json));
        }

        if (!Has(json, "recomputed"))
        {
            return DocumentReader.Read<AttachedReplay>(json);
        }

        var (proof, wrong) = Read<InvoiceProof>(json);
        return proof is null ? (null, wrong) : await OfAsync(database, proof, Digest(json), cancel);
    }

    public static (AttachedComparison? Comparison, DocumentFault? Fault) Comparison(byte[] json)
    {
        if (!Has(json, "inputs"))
        {
            return DocumentReader.Read<AttachedComparison>(json);
        }

        var (result, fault) = Read<ComparisonResult>(json);
        return result is null ? (null, fault)
            : result is not { Inputs: { File: not null, FileSha256: not null }, Totals: not null } ? (null, new DocumentFault("$", "it is no whole result of billing compare"))
            : (new AttachedComparison(result.Inputs.File, result.Inputs.FileSha256, [.. result.Totals.Select(Of)]), null);
    }

    private static (AttachedReplay?, DocumentFault?) Of(ReplayResult result, string digest)
    {
        if (result is not { Basis: { } basis, Calls: { } calls, Old: { } old, New: { } other })
        {
            return (null, new DocumentFault("$", "it is no whole result of billing replay"));
        }

        return result.Contract is null
            ? (null, new DocumentFault("$.contract", "the replay is of all contracts: replay the disputed one with --contract"))
            : (new AttachedReplay(
                basis.Known, digest, calls.Differing, old.Total, other.Total, basis.AsOf?.ToString(), basis.TariffVersion, basis.TariffSha256, basis.ReferenceSha256, basis.CorrectionsSha256), null);
    }

    private static async Task<(AttachedReplay?, DocumentFault?)> OfAsync(NpgsqlDataSource database, InvoiceProof proof, string digest, CancellationToken cancel)
    {
        if (proof.Number is null || await ShowInvoice.FindAsync(database, proof.Number, cancel) is not { } issued || issued.Digest != proof.Digest)
        {
            return (null, new DocumentFault("$.number", $"there is no invoice {proof.Number} with the digest of this proof"));
        }

        // a proof that fails says where the documents differ first, not what the other one comes to
        return proof.Recomputed != proof.Digest || proof.Fault is not null
            ? (null, new DocumentFault("$.recomputed", "the invoice did not come out the same: replay its month with --contract and attach that"))
            : (new AttachedReplay(issued.Known, digest, 0, issued.Invoice.Total, issued.Invoice.Total, null, issued.TariffVersion), null);
    }

    /// <summary>A row that stands on both sides is one row.</summary>
    private static ComparedClass Of(ClassTotals totals) =>
        new(totals.Class, Math.Max(totals.Ours.Rows, totals.Theirs.Rows), totals.Ours.Amount, totals.Theirs.Amount);

    private static string Digest(byte[] json) => Convert.ToHexStringLower(SHA256.HashData(json));

    private static bool Has(byte[] json, string member)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(member, out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static (T? Result, DocumentFault? Fault) Read<T>(byte[] json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Results) is { } result ? (result, null) : (null, new DocumentFault("$", "the document is null"));
        }
        catch (JsonException fault)
        {
            return (null, new DocumentFault(fault.Path ?? "$", "the value has the wrong type or form"));
        }
    }

    private static JsonSerializerOptions CreateResults()
    {
        var options = new JsonSerializerOptions();
        BillingJson.Apply(options);
        return options;
    }
}
