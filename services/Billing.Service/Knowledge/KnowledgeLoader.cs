using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.BuiltIn;
using Billing.Rating.Reference;
using Billing.Rating.Subscriptions;
using Billing.Rating.Tariffs;
using Billing.Service.Subscriptions;
using Billing.Service.Tariffs;
using NodaTime;
using Npgsql;

namespace Billing.Service.Knowledge;

/// <summary>Loads what is known, now or at an earlier number, in one and the same way: from the events up to that number.</summary>
public sealed class KnowledgeLoader(NpgsqlDataSource database)
{
    private static readonly Lazy<ReferenceTables> BuiltInReference = new(() =>
    {
        var (document, _) = DocumentReader.Read<ReferenceDocument>(BuiltInDocuments.Reference);
        return ReferenceTables.Compile(document!).Tables!;
    });

    /// <summary>The number of the latest change; 0 when nothing is known.</summary>
    public static async Task<long> CurrentNoAsync(NpgsqlConnection connection, CancellationToken cancellation = default) =>
        (await CurrentAsync(connection, cancellation)).No;

    /// <summary>The number that was the latest at an instant.</summary>
    public static async Task<long> NoAtAsync(NpgsqlConnection connection, Instant at, CancellationToken cancellation = default)
    {
        await using var command = new NpgsqlCommand(
            $"select coalesce(max(no), 0) from {BillingStore.Schema}.knowledge_log where known_at <= @at", connection);
        command.Parameters.AddWithValue("at", at.ToDateTimeUtc());
        return (long)(await command.ExecuteScalarAsync(cancellation))!;
    }

    /// <summary>What is known at a number, or now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number has not been given yet.</exception>
    public async Task<RatingKnowledge> LoadAsync(long? no = null, CancellationToken cancellation = default) =>
        Compile(await LoadDocumentsAsync(no, cancellation));

    /// <summary>What was known at an instant.</summary>
    public async Task<RatingKnowledge> LoadAsync(Instant at, CancellationToken cancellation = default) =>
        Compile(await LoadDocumentsAsync(at, cancellation));

    /// <summary>The documents known at a number, or now: what <see cref="LoadAsync(long?, CancellationToken)"/> compiles.</summary>
    public async Task<KnownDocuments> LoadDocumentsAsync(long? no = null, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        var current = await CurrentNoAsync(connection, cancellation);
        if (no is < 0 || no > current)
        {
            throw new ArgumentOutOfRangeException(nameof(no), no, $"the latest knowledge has number {current}");
        }

        return await ReadAsync(connection, no ?? current, cancellation);
    }

    /// <summary>The documents known at an instant.</summary>
    public async Task<KnownDocuments> LoadDocumentsAsync(Instant at, CancellationToken cancellation = default)
    {
        await using var connection = await database.OpenConnectionAsync(cancellation);
        return await ReadAsync(connection, await NoAtAsync(connection, at, cancellation), cancellation);
    }

    /// <summary>The latest change and when it was made; the two together tell one history from another.</summary>
    internal static async Task<(long No, DateTime KnownAt)> CurrentAsync(NpgsqlConnection connection, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            $"select no, known_at from {BillingStore.Schema}.knowledge_log order by no desc limit 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        return await reader.ReadAsync(cancellation) ? (reader.GetInt64(0), reader.GetDateTime(1)) : (0, default);
    }

    private static async Task<KnownDocuments> ReadAsync(NpgsqlConnection connection, long no, CancellationToken cancellation)
    {
        var contracts = new Dictionary<string, SubscribedContract>(StringComparer.Ordinal);
        var tariffs = new Dictionary<string, PublishedTariff>(StringComparer.Ordinal);
        var reference = new PublishedReference();
        await using var command = KnowledgeReader.KnownAt(no);
        command.Connection = connection;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await KnowledgeReader.ReadAsync(reader, Apply, cancellation);
        return new KnownDocuments(
            no,
            [.. contracts.Values.OrderBy(contract => contract.Contract, Contracts.CodePointOrder.Instance)],
            [.. tariffs.Values.SelectMany(tariff => tariff.Versions).OrderBy(version => version.From)],
            reference.Document);

        void Apply(string stream, object happened)
        {
            if (stream.StartsWith(KnowledgeStreams.ContractPrefix, StringComparison.Ordinal))
            {
                Of(contracts, stream).Take(happened);
            }
            else if (stream.StartsWith(KnowledgeStreams.TariffPrefix, StringComparison.Ordinal))
            {
                Of(tariffs, stream).Take(happened);
            }
            else
            {
                reference.Take(happened);
            }
        }
    }

    private static T Of<T>(Dictionary<string, T> states, string stream)
        where T : new()
    {
        if (!states.TryGetValue(stream, out var state))
        {
            states.Add(stream, state = new T());
        }

        return state;
    }

    private static RatingKnowledge Compile(KnownDocuments known)
    {
        var (contracts, contractsFault) = ContractBook.Compile(new ContractsDocument { Contracts = [.. known.Contracts.Select(contract => contract.ToDocument())] });
        var (tariffs, tariffsFault) = TariffBook.Compile(new TariffsDocument { Tariffs = known.Tariffs });
        var (reference, referenceFault) = known.Reference is { } document ? ReferenceTables.Compile(document) : (BuiltInReference.Value, null);
        return (contractsFault ?? tariffsFault ?? referenceFault) is { } fault
            ? throw new InvalidDataException($"What is known at {known.No} does not fit together: {fault}")
            : new RatingKnowledge(known.No, contracts!, tariffs!, reference!);
    }
}

/// <summary>The documents known at a number: contracts by id, tariff versions by date, the reference if one was published.</summary>
public sealed record KnownDocuments(
    long No, IReadOnlyList<SubscribedContract> Contracts, IReadOnlyList<TariffDocument> Tariffs, ReferenceDocument? Reference);
