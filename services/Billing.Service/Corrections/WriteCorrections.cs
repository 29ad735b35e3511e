using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Service.Disputes;
using Billing.Service.EventLog;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>
/// Corrections of some streams in the caller's transaction, which has locked them: looks first what changes, in the read tables and on
/// invoices, refuses what may not be, and only then writes events, rows and documents.
/// </summary>
/// <param name="versions">The locked streams and their versions.</param>
internal sealed class WriteCorrections(
    NpgsqlConnection connection, RatingKnowledge known, CorrectionTerms terms, IReadOnlyDictionary<string, long> versions, DateTimeOffset now, CancellationToken cancel)
{
    private const string Charges =
        $"""
        select m.contract, m.usage_month, sum(m.charge)::text from unnest($1::text[], $2::date[]) as asked(contract, usage_month)
        join {BillingStore.Schema}.month_usage m using (contract, usage_month) group by 1, 2
        """;

    /// <summary>True to write nothing when no usage and no invoice changes.</summary>
    public bool SkipUnchanged { get; init; }

    public async Task<(CorrectionReport? Report, Refusal? Refusal)> RunAsync(IReadOnlyList<PlannedCorrection> plans, InvoicedCalls invoiced)
    {
        var look = Apply(look: true);
        foreach (var plan in plans)
        {
            await look.TakeAsync(new LoggedCorrection(plan.Stream, long.MaxValue, plan.Event(terms.Grounds)));
        }

        await look.FlushAsync();
        if (Refuse(look) is { } misfit)
        {
            return (null, misfit);
        }

        var adjustments = new List<InvoiceAdjustment>();
        foreach (var stream in plans.GroupBy(plan => plan.Stream, StringComparer.Ordinal).Where(stream => invoiced.Of(stream.Key).Count > 0))
        {
            adjustments.AddRange(await new AdjustInvoices(connection, known, invoiced, cancel).RunAsync(stream.Key, [.. stream]));
        }

        if (SkipUnchanged && adjustments.Count == 0 && look.Changes.Values.All(change => change.IsZero))
        {
            return (new CorrectionReport(false, 0, 0, [], []), null);
        }

        var effects = await EffectsAsync(look);
        var suspended = plans.LongCount(plan => UsageStreams.Read(plan.Stream).Contract is null);
        var report = new CorrectionReport(terms.Write, effects.Sum(effect => effect.Calls), suspended, effects, adjustments);
        if (adjustments.Count > 0 && terms.Invoiced is null && terms.Write)
        {
            return (null, OnInvoices(adjustments));
        }

        if (adjustments.Count > 0 && terms.Invoiced is not null && await FindGivenAsync(plans, invoiced) is { } given)
        {
            return (null, new Refusal("§8", $"{given.Name} was given back by {given.Document}"));
        }

        return terms.Write ? await WriteAsync(plans, invoiced, report) : (report, null);
    }

    private ApplyCorrections Apply(bool look) => new(connection, _ => Task.FromResult(known.Rater), look, cancel);

    private static Refusal? Refuse(ApplyCorrections look)
    {
        if (look.Missing > 0)
        {
            return new Refusal(FindCalls.Rule, $"{look.Missing:N0} calls are in the log but not among the rated calls: is a rebuild running?");
        }

        if (look.Misfits.Count == 0)
        {
            return null;
        }

        var reasons = look.Misfits.SelectMany(stream => stream.Value).GroupBy(reason => reason.Key, StringComparer.Ordinal)
            .Select(reason => $"{reason.Sum(count => count.Value):N0} {reason.Key}");
        return new Refusal(
            FindCalls.Rule,
            $"calls would no longer be rated where they are: {string.Join(", ", reasons)}; void them and send the right records");
    }

    /// <summary>The first of the calls that was given back before; of a stream that is rated anew such calls are left out.</summary>
    private async Task<GivenCall?> FindGivenAsync(IReadOnlyList<PlannedCorrection> plans, InvoicedCalls invoiced)
    {
        var calls = plans.Where(plan => plan.CallVersion is not null).Select(plan => plan.Call).ToHashSet();
        return calls.Count == 0
            ? null
            : (await GivenBack.OfStreamsAsync(connection, [.. plans.Select(plan => plan.Stream).Distinct(StringComparer.Ordinal)], invoiced, cancel))
                .FirstOrDefault(given => calls.Contains(given.Event));
    }

    private static Refusal OnInvoices(List<InvoiceAdjustment> adjustments) => new(
        "§8",
        $"calls are on issued invoices ({string.Join(", ", adjustments.Select(one => one.Invoice).Distinct().Take(3))}"
        + (adjustments.Count > 3 ? $" and {adjustments.Count - 3:N0} more" : "")
        + "), which never change: go through a dispute or a finance adjustment, --invoice-as credit-note or adjustment");

    private async Task<(CorrectionReport? Report, Refusal? Refusal)> WriteAsync(
        IReadOnlyList<PlannedCorrection> plans, InvoicedCalls invoiced, CorrectionReport report)
    {
        if (report.Adjustments.Count == 0)
        {
            await AppendAsync(plans, _ => terms.Grounds);
            return (report, null);
        }

        var documents = new CorrectionDocuments(connection, terms, now, cancel);
        var (numbered, refusal) = await documents.NumberAsync(report.Adjustments);
        if (numbered is null)
        {
            return (null, refusal);
        }

        await AppendAsync(plans, plan => GroundsOf(plan, invoiced, numbered));
        refusal = await documents.WriteAsync(numbered);
        return refusal is null ? (report with { Adjustments = numbered }, null) : (null, refusal);
    }

    /// <summary>The event names the documents that carry its money.</summary>
    private CorrectionGrounds GroundsOf(PlannedCorrection plan, InvoicedCalls invoiced, IReadOnlyList<InvoiceAdjustment> written)
    {
        var (contract, month) = UsageStreams.Read(plan.Stream);
        var invoice = plan.CallVersion is { } version ? invoiced.Covering(plan.Stream, version)?.Invoice : null;
        var numbers = written
            .Where(one => one.Contract == contract && one.Month == month && (plan.CallVersion is null || one.Invoice == invoice))
            .Select(one => one.Document!)
            .ToList();
        return numbers.Count == 0 ? terms.Grounds : terms.Grounds with { Document = string.Join(", ", numbers) };
    }

    private async Task AppendAsync(IReadOnlyList<PlannedCorrection> plans, Func<PlannedCorrection, CorrectionGrounds> grounds)
    {
        var events = new EventBuffer();
        var next = new Dictionary<string, long>(versions, StringComparer.Ordinal);
        var apply = Apply(look: false);
        foreach (var plan in plans)
        {
            var happened = plan.Event(grounds(plan));
            events.Add(events.Stream(plan.Stream), plan.EventId, plan.Type, JsonSerializer.SerializeToUtf8Bytes(happened, happened.GetType(), BillingStore.Json), now.ToUnixTimeMilliseconds());
            await apply.TakeAsync(new LoggedCorrection(plan.Stream, ++next[plan.Stream], happened));
        }

        await apply.FlushAsync();
        await EventAppend.WriteAsync(connection, events, cancel);
        await LimitAlerts.RaiseAsync(connection, Limits(plans), now.UtcDateTime, cancel);
    }

    /// <summary>What was rated anew may reach a step of a limit.</summary>
    private Dictionary<(string, UsageMonth), Yen> Limits(IReadOnlyList<PlannedCorrection> plans)
    {
        var limits = new Dictionary<(string, UsageMonth), Yen>();
        foreach (var stream in plans.Where(plan => plan.EventId != CallEventId.OfVoid(plan.Call)).Select(plan => plan.Stream).Distinct(StringComparer.Ordinal))
        {
            var (contract, month) = UsageStreams.Read(stream);
            if (contract is { Length: > 0 } && known.Contracts.Find(contract) is { } holder && BillingMonth.LimitOf(holder, month) is { } limit)
            {
                limits[(contract, month)] = limit;
            }
        }

        return limits;
    }

    private async Task<IReadOnlyList<CorrectionEffect>> EffectsAsync(ApplyCorrections look)
    {
        var keys = look.Calls.Keys.OrderBy(key => key.Contract, CodePointOrder.Instance).ThenBy(key => key.Month).ToList();
        var before = new Dictionary<(string, UsageMonth), Yen>();
        await using var command = new NpgsqlCommand(Charges, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(key => key.Contract).ToArray() });
        command.Parameters.Add(new NpgsqlParameter { Value = keys.Select(key => key.Month.FirstDay.ToDateOnly()).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var date = reader.GetFieldValue<DateOnly>(1);
            before[(reader.GetString(0), new UsageMonth(date.Year, date.Month))] = Yen.Parse(reader.GetString(2));
        }

        return [.. keys.Select(key =>
        {
            var charge = before.GetValueOrDefault(key);
            return new CorrectionEffect(key.Contract, key.Month, look.Calls[key], charge, charge + (look.Changes.GetValueOrDefault(key)?.Charge ?? Yen.Zero));
        })];
    }
}
