using Billing.Contracts;
using Billing.Service.Knowledge;
using Marten;
using Npgsql;

namespace Billing.Service.Tariffs;

/// <summary>
/// Tariffs with versions that stand, other than the one to be published. There is one tariff at a time, since nothing
/// says which contract would have which: another id can be published once every version of the former is withdrawn.
/// </summary>
public sealed class OtherTariffs
{
    private readonly IReadOnlyList<string> _ids;

    internal OtherTariffs(IReadOnlyList<string> ids) => _ids = ids;

    internal static async Task<OtherTariffs> LoadAsync(IDocumentSession session, string tariff, CancellationToken cancellation)
    {
        await using var list = new NpgsqlCommand(
            $"select distinct stream_id from {BillingStore.Schema}.knowledge_log where stream_id like '{KnowledgeStreams.TariffPrefix}%' and stream_id <> @own");
        list.Parameters.AddWithValue("own", KnowledgeStreams.Tariff(tariff));
        var streams = new List<string>();
        await using (var reader = await session.ExecuteReaderAsync(list, cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                streams.Add(reader.GetString(0));
            }
        }

        var ids = new List<string>();
        foreach (var stream in streams)
        {
            if (await session.Events.AggregateStreamAsync<PublishedTariff>(stream, token: cancellation) is { Versions.Count: > 0 })
            {
                ids.Add(stream[KnowledgeStreams.TariffPrefix.Length..]);
            }
        }

        return new OtherTariffs(ids);
    }

    /// <summary>Refuses a tariff beside another one.</summary>
    public Refusal? Refuse(string tariff) => _ids.Count == 0
        ? null
        : new Refusal(StoredText.DocumentRule, $"tariff '{_ids[0]}' is published; versions of '{tariff}' can not stand beside it: the versions share one id (rating rules, section 6)");
}
