using System.Text;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>
/// Works out what corrections change on invoices: for each invoice that covers calls of them, the lines that a document must carry.
/// Looks only, before anything is written.
/// </summary>
internal sealed class AdjustInvoices(NpgsqlConnection connection, RatingKnowledge known, InvoicedCalls invoiced, CancellationToken cancel)
{
    private const string CoveredCharges =
        $"""
        select r.id, r.answered_at, r.source, r.record_id, r.charge::text, r.tax_category
        from {BillingStore.Schema}.rated_calls r join {BillingStore.Schema}.mt_events e on e.id = r.id
        where r.usage_month = $1 and r.contract = $2 and r.outcome = 'rated' and r.charge <> 0 and e.version < $3
        """;

    /// <param name="plans">The corrections of one usage stream.</param>
    /// <param name="version">The version of the stream before; each document closes the stream with the next one.</param>
    public async Task<IReadOnlyList<InvoiceAdjustment>> RunAsync(string stream, IReadOnlyList<PlannedCorrection> plans, long version)
    {
        var (contract, month) = UsageStreams.Read(stream);
        var touched = new Dictionary<Guid, WalkedCharge?>();
        var changes = new List<(Closing Closing, UsageChange Change, string Digest)>();
        foreach (var closing in invoiced.Of(stream))
        {
            if (await LookAsync(stream, plans, closing, touched) is { } change)
            {
                changes.Add((closing, change.Change, change.Digest));
            }
        }

        if (changes.Count == 0)
        {
            return [];
        }

        var limit = known.Contracts.Find(contract!) is { } holder ? BillingMonth.LimitOf(holder, month) : null;
        var overflowG = limit is { } yen ? await OverflowAsync(stream, yen, touched) : Yen.Zero;
        var billed = (await ReadUsage.InvoicedAsync(connection, new ContractMonth(contract!, month), cancel)).ToList();
        var adjustments = new List<InvoiceAdjustment>();
        foreach (var (closing, change, digest) in changes)
        {
            var amounts = CorrectionCalculator.Calculate(month, billed, change, limit, overflowG, version + adjustments.Count + 1, digest);
            billed.Add(amounts.Covered);
            if (!change.IsZero || amounts.Lines.Count > 0)
            {
                adjustments.Add(new InvoiceAdjustment(closing.Invoice, contract!, month, amounts.Lines, amounts.Covered));
            }
        }

        return adjustments;
    }

    /// <summary>What changes of the calls that one invoice covers; null when none of them is corrected.</summary>
    private async Task<(UsageChange Change, string Digest)?> LookAsync(
        string stream, IReadOnlyList<PlannedCorrection> plans, Closing closing, Dictionary<Guid, WalkedCharge?> touched)
    {
        var ids = new SortedSet<Guid>();
        var apply = new ApplyCorrections(connection, _ => Task.FromResult(known.Rater), look: true, cancel)
        {
            Only = (_, recorded) => invoiced.Covering(stream, recorded) == closing,
            Touched = (_, id, charge) =>
            {
                touched[id] = charge;
                ids.Add(id);
            },
        };
        foreach (var plan in plans.Where(plan => plan.CallVersion is not { } recorded || invoiced.Covering(stream, recorded) == closing))
        {
            await apply.TakeAsync(new LoggedCorrection(stream, long.MaxValue, plan.Event(new CorrectionGrounds("", ""))));
        }

        await apply.FlushAsync();
        if (ids.Count == 0)
        {
            return null;
        }

        using var digest = new CallDigest();
        foreach (var id in ids)
        {
            digest.Add(id);
        }

        return (apply.Changes.Values.SingleOrDefault() ?? new UsageChange(), digest.ToString());
    }

    /// <summary>What lies beyond the limit on zero-rated calls when the covered calls are walked as they will be.</summary>
    private async Task<Yen> OverflowAsync(string stream, Yen limit, Dictionary<Guid, WalkedCharge?> touched)
    {
        var (contract, month) = UsageStreams.Read(stream);
        var walk = new LimitWalk(limit);
        await using var command = new NpgsqlCommand(CoveredCharges, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = contract! });
        command.Parameters.Add(new NpgsqlParameter { Value = invoiced.Last(stream) });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (!touched.ContainsKey(reader.GetGuid(0)))
            {
                walk.Add(new DateTimeOffset(reader.GetDateTime(1)).ToUnixTimeMilliseconds(), Encoding.UTF8.GetBytes(reader.GetString(2)),
                    Encoding.UTF8.GetBytes(reader.GetString(3)), Yen.Parse(reader.GetString(4)), Words.TaxCategoryOf(reader.GetString(5))!.Value);
            }
        }

        foreach (var charge in touched.Values.OfType<WalkedCharge>())
        {
            walk.Add(charge.AnsweredMs, charge.Source, charge.RecordId, charge.Charge, charge.Category);
        }

        return walk.OverflowG;
    }
}
