using Billing.Contracts;
using Billing.Rating.Subscriptions;
using Billing.Service.EventLog;
using Billing.Service.Evidence;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// Issues the invoices of some hundred contracts in one transaction. The usage streams are locked first: running batches
/// are waited for, and what comes after them is late. The invoice's own stream decides who issues when two runs meet.
/// </summary>
internal sealed class IssueGroup(NpgsqlDataSource database, ComputeInvoice compute, IClock clock)
{
    private const int Attempts = 5;

    private const string IssuedAlready =
        $"select contract from {BillingStore.Schema}.invoices where month = $1 and contract = any($2)";

    private const string ForgetUnused =
        $"delete from {BillingStore.Schema}.mt_streams where id = any($1) and version = 0";

    /// <param name="late">The earlier months that are known to have late usage, by contract.</param>
    public async Task<GroupResult> RunAsync(IReadOnlyList<Contract> contracts, ILookup<string, UsageMonth> late, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(contracts, late, cancel);
            }
            catch (PostgresException fault) when (attempt < Attempts && fault.SqlState is PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.UniqueViolation)
            {
                // the server has rolled everything back; the next attempt sees what the other one committed
            }
        }
    }

    private async Task<GroupResult> TryAsync(IReadOnlyList<Contract> contracts, ILookup<string, UsageMonth> late, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var result = new GroupResult();
        var issued = await IssuedAsync(connection, contracts, cancel);
        result.AlreadyIssued += issued.Count;
        var pending = contracts.Where(contract => !issued.Contains(contract.Id)).ToList();
        if (pending.Count == 0)
        {
            return result;
        }

        var versions = await LockAsync(connection, pending, late, cancel);
        pending.RemoveAll(contract =>
        {
            var lost = versions[InvoiceKeys.InvoiceStream(contract.Id, compute.Month)] > 0;
            result.AlreadyIssued += lost ? 1 : 0;
            return lost;
        });
        var usage = await ReadAsync(connection, pending, late, versions, cancel);
        var incomplete = await new CheckComplete(connection, versions, cancel).RunAsync(usage.Values);
        var writer = new WriteInvoices(compute, clock.GetCurrentInstant(), versions);
        foreach (var contract in pending)
        {
            var (draft, refusal) = incomplete.TryGetValue(contract.Id, out var fault)
                ? (null, fault)
                : compute.Draft(contract, usage, late[contract.Id]);
            if (refusal is not null)
            {
                result.Parked.Add(new ParkedInvoice(contract.Id, refusal));
            }
            else if (draft is null)
            {
                result.Nothing.Add(contract.Id);
            }
            else
            {
                writer.Add(draft);
                result.Issued.Add(new IssuedTotals(contract.Id, draft.Document.Subtotal, draft.Document.Tax, draft.Document.Total));
            }
        }

        await ReleaseAsync(connection, versions.Keys.Except(writer.Streams, StringComparer.Ordinal).ToList(), cancel);
        await writer.SendAsync(connection, result, cancel);
        await transaction.CommitAsync(cancel);
        return result;
    }

    private async Task<HashSet<string>> IssuedAsync(NpgsqlConnection connection, IReadOnlyList<Contract> contracts, CancellationToken cancel)
    {
        var issued = new HashSet<string>(StringComparer.Ordinal);
        await using var command = new NpgsqlCommand(IssuedAlready, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = compute.Month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = contracts.Select(contract => contract.Id).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            issued.Add(reader.GetString(0));
        }

        return issued;
    }

    /// <summary>Locks the invoice and usage streams, with room for one event on each; returns their versions before.</summary>
    private async Task<Dictionary<string, long>> LockAsync(NpgsqlConnection connection, List<Contract> contracts, ILookup<string, UsageMonth> late, CancellationToken cancel)
    {
        var streams = new List<string>();
        foreach (var contract in contracts)
        {
            streams.Add(InvoiceKeys.InvoiceStream(contract.Id, compute.Month));
            streams.Add(UsageStreams.Of(contract.Id, compute.Month));
            streams.AddRange(late[contract.Id].Select(month => UsageStreams.Of(contract.Id, month)));
        }

        var before = await EventAppend.LockAsync(connection, streams, [.. Enumerable.Repeat(1L, streams.Count)], cancel);
        return streams.Zip(before).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    private async Task<Dictionary<ContractMonth, StoredUsage>> ReadAsync(
        NpgsqlConnection connection, List<Contract> contracts, ILookup<string, UsageMonth> late, Dictionary<string, long> versions, CancellationToken cancel)
    {
        var limits = ReadUsage.Limits(contracts, compute.Month, late);
        var read = new ReadUsage(connection, cancel);
        var usage = await read.ReadAsync(limits, earlier: limits.Count > contracts.Count);
        var closings = usage.Values.ToDictionary(stored => stored.Stream, stored => versions[stored.Stream] + 1, StringComparer.Ordinal);
        var digests = await new ReadChains(connection, cancel).OfAsync(closings);
        foreach (var stored in usage.Values)
        {
            stored.Digest = digests[stored.Stream];
        }

        return usage;
    }

    /// <summary>Gives back the room on streams that get no event: nothing was billed, so nothing is closed.</summary>
    private static async Task ReleaseAsync(NpgsqlConnection connection, List<string> unused, CancellationToken cancel)
    {
        if (unused.Count > 0)
        {
            await EventAppend.LockAsync(connection, unused, [.. Enumerable.Repeat(-1L, unused.Count)], cancel);
            await using var forget = new NpgsqlCommand(ForgetUnused, connection);
            forget.Parameters.Add(new NpgsqlParameter { Value = unused.ToArray() });
            await forget.ExecuteNonQueryAsync(cancel);
        }
    }
}
