using Billing.Contracts;
using Billing.Rating.Subscriptions;
using Billing.Service.Evidence;
using Billing.Service.Hosting;
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
        using var span = Telemetry.Source.StartActivity("issue invoices");
        span?.SetTag("billing.month", $"{compute.Month}").SetTag("billing.contracts", contracts.Count);
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

        var asked = await PendingAdjustments.ReadAsync(connection, compute.Month, pending.Select(contract => contract.Id), cancel);
        var streams = await LockAsync(connection, pending, late, asked, cancel);
        pending.RemoveAll(contract =>
        {
            var lost = streams.Versions[InvoiceKeys.InvoiceStream(contract.Id, compute.Month)] > 0;
            result.AlreadyIssued += lost ? 1 : 0;
            return lost;
        });
        var adjustments = await StillPendingAsync(connection, pending, asked, cancel);
        var usage = await ReadAsync(connection, pending, late, streams.Versions, cancel);
        var incomplete = await new CheckComplete(connection, streams.Versions, cancel).RunAsync(usage.Values);
        var spans = await InvoiceSpans.OfAsync(connection, compute.Month, pending, cancel);
        var writer = new WriteInvoices(compute, clock.GetCurrentInstant(), streams);
        foreach (var contract in pending)
        {
            var (draft, refusal) = incomplete.TryGetValue(contract.Id, out var fault)
                ? (null, fault)
                : compute.Draft(contract, usage, late[contract.Id], adjustments[contract.Id]);
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
                using var issuing = spans.Begin(draft.Document);
                writer.Add(draft);
                result.Issued.Add(new IssuedTotals(contract.Id, draft.Document.Subtotal, draft.Document.Tax, draft.Document.Total));
            }
        }

        await streams.ReleaseAsync(connection, cancel);
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

    /// <summary>
    /// Locks the invoice and usage streams, with room for one event on each, and those of the invoices that have adjustments
    /// waiting, with room for each of them.
    /// </summary>
    private Task<LockedStreams> LockAsync(
        NpgsqlConnection connection, List<Contract> contracts, ILookup<string, UsageMonth> late, ILookup<string, PendingAdjustment> adjustments, CancellationToken cancel)
    {
        var room = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var contract in contracts)
        {
            room.Add(InvoiceKeys.InvoiceStream(contract.Id, compute.Month), 1);
            room.Add(UsageStreams.Of(contract.Id, compute.Month), 1);
            foreach (var month in late[contract.Id])
            {
                room.Add(UsageStreams.Of(contract.Id, month), 1);
            }

            foreach (var original in adjustments[contract.Id].GroupBy(adjustment => adjustment.Month))
            {
                room.Add(InvoiceKeys.InvoiceStream(contract.Id, original.Key), original.Count());
            }
        }

        return LockedStreams.LockAsync(connection, room, cancel);
    }

    /// <summary>What waits now that the streams are locked: not what another run took meanwhile, nor what was granted since.</summary>
    private async Task<ILookup<string, PendingAdjustment>> StillPendingAsync(
        NpgsqlConnection connection, List<Contract> contracts, ILookup<string, PendingAdjustment> asked, CancellationToken cancel)
    {
        if (asked.Count == 0)
        {
            return asked;
        }

        var known = asked.SelectMany(group => group).Select(adjustment => adjustment.Number).ToHashSet(StringComparer.Ordinal);
        var now = await PendingAdjustments.ReadAsync(connection, compute.Month, contracts.Select(contract => contract.Id), cancel);
        return now.SelectMany(group => group).Where(adjustment => known.Contains(adjustment.Number)).ToLookup(adjustment => adjustment.Contract, StringComparer.Ordinal);
    }

    private async Task<Dictionary<ContractMonth, StoredUsage>> ReadAsync(
        NpgsqlConnection connection, List<Contract> contracts, ILookup<string, UsageMonth> late, IReadOnlyDictionary<string, long> versions, CancellationToken cancel)
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
}
