using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>What is to become of one call; without facts it is voided.</summary>
/// <param name="Call"><c>SOURCE/ID</c>, or the id of an event.</param>
public sealed record CallToCorrect(string Call, CorrectedFactsDocument? Facts);

/// <summary>
/// Voids calls and sets facts of calls right, all of them or none. A voided call is rated, listed and counted no more, and its identity
/// is free for the record that takes its place; a corrected one keeps its identity and place.
/// </summary>
public sealed class CorrectCalls(NpgsqlDataSource database, KnowledgeCache knowledge, TimeProvider clock)
{
    private const int Attempts = 5;

    private const string LockSuspended = $"select id from {BillingStore.Schema}.suspense where id = any($1) and released_as is null order by id for update";

    public async Task<(CorrectionReport? Report, Refusal? Refusal)> RunAsync(IReadOnlyList<CallToCorrect> calls, CorrectionTerms terms, CancellationToken cancel)
    {
        if ((calls.Count == 0 ? new Refusal(FindCalls.Rule, "no call is named") : GroundsRules.Refuse(terms.Grounds)) is { } refusal)
        {
            return (null, refusal);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(calls, terms, cancel);
            }
            catch (PostgresException fault) when (attempt < Attempts && fault.SqlState is PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation)
            {
                // the server has rolled everything back; the next attempt sees what the other one committed
            }
        }
    }

    private async Task<(CorrectionReport? Report, Refusal? Refusal)> TryAsync(IReadOnlyList<CallToCorrect> calls, CorrectionTerms terms, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = terms.Write ? await connection.BeginTransactionAsync(cancel) : await connection.BeginSnapshotAsync(cancel);
        var names = calls.Select(call => call.Call).ToList();
        var (found, refusal) = await new FindCalls(connection, cancel).RunAsync(names);
        if (found is null)
        {
            return (null, refusal);
        }

        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        if (terms.Write)
        {
            versions = await LockAsync(connection, found, terms, cancel);

            // what was found may have been voided or released before its stream was locked
            (var still, refusal) = await new FindCalls(connection, cancel).RunAsync(names);
            if (still is null || !still.SequenceEqual(found))
            {
                return (null, refusal ?? new Refusal(FindCalls.Rule, "calls were released or replaced meanwhile; look at the effect again"));
            }
        }

        var known = await knowledge.CurrentAsync(connection, cancel);
        var (plans, fault) = await PlanAsync(connection, found, calls, known.No, cancel);
        if (plans is null)
        {
            return (null, fault);
        }

        var invoiced = await InvoicedCalls.ReadAsync(connection, plans.Select(plan => plan.Stream).Distinct(StringComparer.Ordinal), cancel);
        var result = await new WriteCorrections(connection, known, terms, versions, clock.GetUtcNow(), cancel).RunAsync(plans, invoiced);
        if (result.Report is { Written: true })
        {
            await transaction.CommitAsync(cancel);
        }

        return result;
    }

    /// <summary>Records in suspense first, as their release does, then the streams; their versions.</summary>
    private static async Task<Dictionary<string, long>> LockAsync(
        NpgsqlConnection connection, IReadOnlyList<FoundCall> found, CorrectionTerms terms, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(LockSuspended, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = found.Where(call => call.IsSuspended).Select(call => call.Id).ToArray() });
        await command.ExecuteNonQueryAsync(cancel);
        return await CorrectedStreams.LockAsync(connection, found.Select(call => call.Stream), cancel, withInvoices: terms.Invoiced is not null);
    }

    private static async Task<(List<PlannedCorrection>? Plans, Refusal? Refusal)> PlanAsync(
        NpgsqlConnection connection, IReadOnlyList<FoundCall> found, IReadOnlyList<CallToCorrect> calls, long known, CancellationToken cancel)
    {
        var plans = new List<PlannedCorrection>(found.Count);
        foreach (var (call, facts) in found.Zip(calls, (call, asked) => (call, asked.Facts)))
        {
            if (facts is null)
            {
                plans.Add(PlannedCorrection.Void(call));
                continue;
            }

            if (call.IsSuspended)
            {
                return (null, new Refusal(FindCalls.Rule, $"{call.Name} is suspended: void it and send the right record"));
            }

            var (record, reject) = CallCorrections.Apply(new CallRecordReader().Read(await FactsAsync(connection, call, cancel)), facts);
            if (record is null)
            {
                return (null, new Refusal(FindCalls.Rule, $"{call.Name}: no record has such facts: {Words.Of(reject)}"));
            }

            plans.Add(PlannedCorrection.Correct(call, record, known));
        }

        return (plans, null);
    }

    /// <summary>The facts of a call as they stand.</summary>
    private static async Task<CallRecord> FactsAsync(NpgsqlConnection connection, FoundCall call, CancellationToken cancel)
    {
        var corrections = await StreamCalls.CorrectionsAsync(connection, call.Stream, long.MaxValue, cancel);
        if (corrections.Of(call.Id, call.Version).Facts is { } facts)
        {
            return facts;
        }

        var (_, json) = (await StreamCalls.FindAsync(connection, call.Id, cancel))!.Value;
        return JsonSerializer.Deserialize<CallRecorded>(json, BillingStore.Json)!.Call;
    }
}
