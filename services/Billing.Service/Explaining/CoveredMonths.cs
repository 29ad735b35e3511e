using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Explaining;

/// <summary>What documents billed of one contract's usage month, as far as an invoice knew it.</summary>
internal sealed class CoveredMonths(NpgsqlConnection connection, CancellationToken cancel)
{
    private const string Documents =
        $"""
        select u.covered, exists (select from {BillingStore.Schema}.invoices i where i.number = u.invoice)
        from {BillingStore.Schema}.invoiced_usage u where u.contract = $1 and u.usage_month = $2
        order by (u.covered ->> 'streamVersion')::bigint, u.invoice
        """;

    private const string CorrectionsSince =
        $"""
        select count(*) from {BillingStore.Schema}.mt_events
        where stream_id = $1 and version > $2 and type in ({EventTypes.Corrections})
        """;

    /// <summary>What earlier documents billed of the month, and the calls that came after the last invoice among them.</summary>
    /// <param name="covered">What the invoice itself billed of it.</param>
    public async Task<(IReadOnlyList<CoveredUsage> Earlier, StreamSpan Span)> BeforeAsync(string contract, CoveredUsage covered)
    {
        await using var command = new NpgsqlCommand(Documents, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        command.Parameters.Add(new NpgsqlParameter { Value = covered.Month.FirstDay.ToDateOnly() });
        var earlier = new List<CoveredUsage>();
        long after = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var document = JsonSerializer.Deserialize<CoveredUsage>(reader.GetString(0), BillingStore.Json)!;
            if (document.StreamVersion < covered.StreamVersion)
            {
                earlier.Add(document);
                after = reader.GetBoolean(1) ? Math.Max(after, document.StreamVersion) : after;
            }
        }

        return (earlier, new StreamSpan(contract, covered.Month, after, covered.StreamVersion));
    }

    /// <summary>How many corrections stand on the stream behind a version.</summary>
    public async Task<long> CorrectionsAsync(StreamSpan span)
    {
        await using var command = new NpgsqlCommand(CorrectionsSince, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = span.Stream });
        command.Parameters.Add(new NpgsqlParameter { Value = span.After });
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }
}
