using Billing.Contracts;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>Takes some of the calls back that a file brought in, all of them or none. The file stands: its bytes are still known.</summary>
public sealed class RollBackCalls(NpgsqlDataSource database, KnowledgeCache knowledge, TimeProvider clock)
{
    private const string Strangers = $"select id from {BillingStore.Schema}.mt_events where id = any($1) and (data->>'delivery')::bigint <> all($2)";

    public async Task<(CorrectionReport? Report, Refusal? Refusal)> RunAsync(string file, IReadOnlyList<string> calls, CorrectionTerms terms, CancellationToken cancel)
    {
        await using (var connection = await database.OpenConnectionAsync(cancel))
        {
            var attempts = await DeliveryList.OfFileAsync(connection, file, cancel);
            if (attempts.Count == 0)
            {
                return (null, new Refusal(FindCalls.Rule, $"no file '{file}' was received, or more than one begins so"));
            }

            var (found, refusal) = await new FindCalls(connection, cancel).RunAsync(calls);
            if (found is null)
            {
                return (null, refusal);
            }

            var strangers = await StrangersAsync(connection, found, attempts, cancel);
            if (strangers.Count > 0)
            {
                return (null, new Refusal(FindCalls.Rule, $"{strangers[0].Name} was not brought in by {attempts[^1].File}{(strangers.Count > 1 ? $", nor were {strangers.Count - 1:N0} more" : "")}"));
            }
        }

        return await new CorrectCalls(database, knowledge, clock).RunAsync([.. calls.Select(call => new CallToCorrect(call, null))], terms, cancel);
    }

    private static async Task<List<FoundCall>> StrangersAsync(
        NpgsqlConnection connection, IReadOnlyList<FoundCall> found, IReadOnlyList<DeliveryEntry> attempts, CancellationToken cancel)
    {
        var strangers = new HashSet<Guid>();
        await using var command = new NpgsqlCommand(Strangers, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = found.Select(call => call.Id).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = attempts.Select(attempt => attempt.Delivery).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            strangers.Add(reader.GetGuid(0));
        }

        return [.. found.Where(call => strangers.Contains(call.Id))];
    }
}
