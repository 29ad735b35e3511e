using System.Buffers;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Service.EventLog;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Invoicing;

/// <summary>
/// The writing half of an issue: events and rows are encoded as they come and go to the database together, before the
/// caller commits.
/// </summary>
internal sealed class WriteInvoices(ComputeInvoice compute, Instant now, LockedStreams streams)
{
    private const string Park =
        $"""
        insert into {BillingStore.Schema}.parked_invoices (contract, month, rule, reason, parked_at)
        select contract, $2, rule, reason, $5 from unnest($1::text[], $3::text[], $4::text[]) as p(contract, rule, reason)
        on conflict (contract, month) do update set rule = excluded.rule, reason = excluded.reason, parked_at = excluded.parked_at
        """;

    private const string Unpark =
        $"delete from {BillingStore.Schema}.parked_invoices where month = $1 and contract = any($2)";

    private readonly Instant _at = Instant.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
    private readonly EventBuffer _events = new();
    private readonly List<long> _lastVersions = [];
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);
    private readonly InvoiceRows _rows = new();
    private readonly ArrayBufferWriter<byte> _json = new(1 << 14);

    /// <summary>Adds an invoice: its own event, one that closes each usage month it covers, and one for each adjustment it carries.</summary>
    public void Add(DraftedInvoice draft)
    {
        var number = draft.Document.Number!;
        var shares = draft.Usage.All.LimitShares;
        var covered = new List<CoveredUsage>(1 + draft.Late.Count)
        {
            Close(draft.Usage, draft.Usage.All.Lines, -shares.S, -shares.G, number),
        };
        foreach (var late in draft.Late)
        {
            covered.Add(Close(late.Usage, late.Prior.Lines, late.Prior.LimitChangeS, late.Prior.LimitChangeG, number));
        }

        var issued = compute.Issue(draft, _at, covered);
        var contract = issued.Invoice.Contract;
        Append(InvoiceKeys.InvoiceStream(contract, compute.Month), InvoiceKeys.IssuedId(contract, compute.Month), Configuration.InvoiceIssuedUtf8, issued);
        _rows.Add(issued);
        foreach (var adjustment in draft.Adjustments)
        {
            var settled = new AdjustmentSettled(adjustment.Number, number);
            Append(InvoiceKeys.InvoiceStream(contract, adjustment.Month), InvoiceKeys.SettledId(adjustment.Number), Configuration.AdjustmentSettledUtf8, settled);
            _rows.Add(settled);
        }
    }

    /// <summary>Writes everything that was added, and notes who is parked and who no longer is.</summary>
    public async Task SendAsync(NpgsqlConnection connection, GroupResult result, CancellationToken cancel)
    {
        if (_events.Count > 0)
        {
            await EventAppend.WriteAsync(connection, _events, [.. _lastVersions], cancel);
            await _rows.SendAsync(connection, cancel);
        }

        await using var unpark = new NpgsqlCommand(Unpark, connection);
        unpark.Parameters.Add(Value(compute.Month.FirstDay.ToDateOnly()));
        unpark.Parameters.Add(Value(result.Issued.Select(invoice => invoice.Contract).Concat(result.Nothing).ToArray()));
        await unpark.ExecuteNonQueryAsync(cancel);
        if (result.Parked.Count > 0)
        {
            await using var park = new NpgsqlCommand(Park, connection);
            park.Parameters.Add(Value(result.Parked.Select(parked => parked.Contract).ToArray()));
            park.Parameters.Add(Value(compute.Month.FirstDay.ToDateOnly()));
            park.Parameters.Add(Value(result.Parked.Select(parked => parked.Refusal.Rule).ToArray()));
            park.Parameters.Add(Value(result.Parked.Select(parked => parked.Refusal.Message).ToArray()));
            park.Parameters.Add(new NpgsqlParameter { Value = _at.ToDateTimeUtc(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
            await park.ExecuteNonQueryAsync(cancel);
        }
    }

    private CoveredUsage Close(StoredUsage usage, IReadOnlyList<UsageLine> lines, Yen limitChangeS, Yen limitChangeG, string number)
    {
        var (contract, month) = usage.Key;
        var stream = UsageStreams.Of(contract, month);
        var covered = usage.Cover(lines, limitChangeS, limitChangeG, streams.Versions[stream] + 1);
        Append(stream, InvoiceKeys.ClosedId(contract, month, number), Configuration.UsageMonthClosedUtf8,
            new UsageMonthClosed(contract, month, number, usage.All.Calls, usage.All.Unanswered, usage.Digest));
        return covered;
    }

    private void Append<T>(string stream, Guid id, ReadOnlySpan<byte> type, T body)
    {
        streams.Use(stream);
        _json.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_json, new JsonWriterOptions { Encoder = BillingStore.Json.Encoder, SkipValidation = true }))
        {
            JsonSerializer.Serialize(writer, body, BillingStore.Json);
        }

        _events.Add(_events.Stream(stream), id, type, _json.WrittenSpan, _at.ToUnixTimeMilliseconds());
        if (_begun.Add(stream))
        {
            _lastVersions.Add(streams.Versions[stream]);
        }
    }

    private static NpgsqlParameter Value(object value) => new() { Value = value };
}
