using System.Security.Cryptography;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.Reference;
using Billing.Rating.Tariffs;
using Billing.Service.Knowledge;
using Billing.Service.Tariffs;
using Billing.Service.Usage;
using NodaTime;

namespace Billing.Service.Replay;

/// <summary>A month, and what it is to be computed again with; null stands for what is known now.</summary>
/// <param name="Contract">One contract only; null for all.</param>
/// <param name="AsOf">Only what was known and recorded by then.</param>
/// <param name="Tariff">Stands for all tariff versions.</param>
/// <param name="Reference">Stands for the whole reference.</param>
/// <param name="Corrections">Calls supposed to be voided or to have other facts.</param>
public sealed record ReplayRequest(
    UsageMonth Month,
    string? Contract = null,
    Instant? AsOf = null,
    TariffsDocument? Tariff = null,
    ReferenceDocument? Reference = null,
    CorrectionsDocument? Corrections = null)
{
    /// <summary>Why the tariff can not stand for what is published; checked as a publication is.</summary>
    public DocumentFault? TariffFault => Tariff is { } document ? TariffReview.Of([], document).Fault : null;

    public DocumentFault? ReferenceFault => Reference is { } document ? ReferenceTables.Compile(document).Fault : null;

    public DocumentFault? CorrectionsFault => Corrections is { } document ? CallCorrections.Check(document).Fault : null;

    /// <summary>What it is computed with, for the record.</summary>
    internal ReplayBasis BasisOf(RatingKnowledge other, string tariffVersion) => new(
        AsOf,
        other.No,
        Tariff is not null,
        Reference is not null,
        Corrections?.Corrections.Count ?? 0,
        tariffVersion,
        Sha256Of(Tariff),
        Sha256Of(Reference),
        Sha256Of(Corrections));

    /// <summary>Refuses documents that are not what they should be, each with its name and the path of the fault.</summary>
    internal Refusal? Refuse() => Refuse("tariff", TariffFault) ?? Refuse("reference", ReferenceFault) ?? Refuse("corrections", CorrectionsFault);

    internal static Refusal? Refuse(string document, DocumentFault? fault) =>
        fault is null ? null : new Refusal(StoredText.DocumentRule, $"{document}: {fault}");

    /// <summary>What is known, or was at the instant, with the documents of the request in its place.</summary>
    internal async Task<RatingKnowledge> LoadAsync(KnowledgeLoader loader, RatingKnowledge now, CancellationToken cancel)
    {
        var known = AsOf is { } at ? await loader.LoadAsync(at, cancel) : now;
        return new RatingKnowledge(
            known.No,
            known.Contracts,
            Tariff is null ? known.Tariffs : TariffBook.Compile(Tariff).Book!,
            Reference is null ? known.Reference : ReferenceTables.Compile(Reference).Tables!);
    }

    private static string? Sha256Of<T>(T? document)
        where T : class => document is null ? null : Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(document, BillingJson.Options)));
}
