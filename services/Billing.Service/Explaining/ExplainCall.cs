using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Rating.Invoicing;
using Billing.Rating.Reasoning;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using NodaTime;
using Npgsql;

namespace Billing.Service.Explaining;

/// <summary>
/// Tells how the charge of a call came about: the record is rated again with what was known when it was rated, step by step,
/// and the result must be the one that stands in the read tables.
/// </summary>
public sealed class ExplainCall(NpgsqlDataSource database)
{
    private static readonly string Suspended = Words.Of(Outcome.Suspended);
    private static readonly string Rated = Words.Of(Outcome.Rated);

    /// <summary>What was known at each number, for several explanations at once; null: each loads its own.</summary>
    internal KnownAt? Known { get; init; }

    /// <summary>
    /// The place in the limit's walk is left out of a month with more rated calls than so: it takes a look at each of them.
    /// </summary>
    internal long MostCallsInLimit { get; init; } = long.MaxValue;

    /// <param name="asOf">Explains it with what was known at this instant; null: with what it was rated with.</param>
    /// <param name="reveal">Shows called numbers in full; the caller has left the trace that this needs.</param>
    /// <returns>Null when there is no such record, or as of the instant there was none.</returns>
    public async Task<CallExplanation?> RunAsync(CallName name, Instant? asOf, bool reveal, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        // one view of events and rows, or a correction between two reads would look like a fault
        await using var transaction = await connection.BeginSnapshotAsync(cancel);
        var rejected = await Rejects.OfAsync(connection, name.Source, name.RecordId, cancel);
        var whole = await CallTrail.ReadAsync(new CallEvents(connection, cancel), name);
        if ((asOf is { } at ? whole?.At(at) : whole) is not { } then)
        {
            return rejected.Count == 0 || asOf is not null ? null : OfRejected(name, rejected);
        }

        var run = new Explanation(database, connection, Known ?? new KnownAt(database, cancel), name, whole!, then, asOf, MostCallsInLimit, cancel);
        return await run.MakeAsync(reveal) with { Rejected = rejected };
    }

    private static CallExplanation OfRejected(CallName name, IReadOnlyList<RejectedRow> rejected) => new()
    {
        Source = name.Source,
        RecordId = name.RecordId,
        Outcome = Words.Of(Outcome.Rejected),
        Masked = true,
        Rejected = rejected,
        Steps = [.. rejected.Select(row => Sentences.Of(new ReasoningStep("§2", "rejected", new RejectedFigures(row.Delivery, row.Line, row.Reason))))],
    };

    /// <summary>One explanation under way.</summary>
    /// <param name="whole">All that happened to the record: what stands follows from it.</param>
    /// <param name="then">What had happened by the instant as of which it is explained.</param>
    private sealed class Explanation(
        NpgsqlDataSource database, NpgsqlConnection connection, KnownAt known, CallName name, CallTrail whole, CallTrail then, Instant? asOf, long mostCallsInLimit, CancellationToken cancel)
    {
        private readonly List<string> _faults = [];

        private StoredRecord Subject => then.Subject;

        public async Task<CallExplanation> MakeAsync(bool reveal)
        {
            var rerun = await RateAsync(whole.Basis());
            await CompareAsync(whole, rerun.Result);
            var basis = then.Basis();
            var shown = asOf is { } at ? await RateAsync(basis with { Known = await KnowledgeLoader.NoAtAsync(connection, at, cancel) }) : rerun;
            var carrying = await CarryingAsync(shown.Result);
            var limit = await LimitAsync(basis, shown.Result, carrying?.Issued.Known);
            var givenBack = carrying is { } on ? await new CallCredits(connection, cancel).OfAsync(Subject, on.Issued.Invoice, on.Line.Line, asOf) : [];
            return new CallExplanation
            {
                Source = name.Source,
                RecordId = name.RecordId,
                Outcome = then.IsSubjectVoided ? "voided" : Subject.Reason is null ? rerun.Result.Outcome : Suspended,
                Faults = _faults,
                Masked = !reveal,
                Known = shown.Known,
                AsOf = asOf,
                Record = Shown(basis.Call, reveal),
                Captured = basis.Call == Subject.Call ? null : Shown(Subject.Call, reveal),
                Result = Hidden(shown.Result, reveal),
                Difference = asOf is not null && shown.Result != rerun.Result ? Difference(Hidden(rerun.Result, reveal), shown.Result) : null,
                Steps = Sentences.Of(await StepsAsync(shown), reveal),
                Limit = limit,
                Invoice = carrying?.Line ?? (Subject.Reason is null && !then.IsSubjectVoided ? CarryingLines.None : null),
                Events = CallHappenings.Of(then, givenBack),
            };
        }

        private async Task<Rerun> RateAsync(CallBasis basis)
        {
            var (result, steps) = RateStored.Explain((await known.LoadAsync(basis.Known)).Rater, basis.Call);
            return new Rerun(basis.Known, result, steps);
        }

        /// <summary>The steps of rating; of a suspended record also what would become of it now.</summary>
        private async Task<IEnumerable<ReasoningStep>> StepsAsync(Rerun shown)
        {
            if (Subject.Reason is null || asOf is not null || then.IsSubjectVoided)
            {
                return shown.Steps;
            }

            var now = await RateAsync(new CallBasis(Subject.Call, await KnowledgeLoader.CurrentNoAsync(connection, cancel)));
            IEnumerable<ReasoningStep> steps = shown.Steps;
            if (Words.SuspenseReasonOf(Subject.Reason) is { } reason && reason.IsOfTheRecord())
            {
                // rating knows nothing of it
                steps = steps.Append(new ReasoningStep(SuspenseRules.RuleOf(reason), "suspended", new SuspendedFigures(Subject.Reason)));
            }

            return steps.Append(new ReasoningStep("§2", "release-now", new ReleaseNowFigures(now.Known, now.Result.Outcome, now.Result.Reason, now.Result.Contract, now.Result.Charge)));
        }

        /// <summary>What was computed again must be what stands.</summary>
        private async Task CompareAsync(CallTrail trail, CallResult result)
        {
            var subject = trail.Subject;
            if (subject.Reason is { } reason)
            {
                if (Words.SuspenseReasonOf(reason)?.IsOfTheRecord() != true && result.Reason != reason)
                {
                    _faults.Add($"the record is suspended as {reason}, but computed again it is {result.Reason ?? result.Outcome}");
                }

                return;
            }

            var stands = await new StoredRow(connection, cancel).FindAsync(subject, Answered(trail.Basis().Call), Answered(subject.Call));
            var fault = (stands, trail.IsSubjectVoided) switch
            {
                (null, true) => null,
                (null, false) => "the call is in the log, but not among the rated calls",
                (_, true) => "the call is voided, but still among the rated calls",
                _ when result.DifferencesFrom(stands) is { Count: > 0 } members =>
                    $"the charge that stands is {stands.Charge} yen, computed again it is {result.Charge}; they differ in {string.Join(", ", members)}",
                _ => null,
            };
            if (fault is not null)
            {
                _faults.Add(fault);
            }
        }

        private async Task<(CarryingLine Line, InvoiceIssued Issued)?> CarryingAsync(CallResult shown)
        {
            if (Subject.Reason is not null || await new CarryingLines(database, cancel).FindAsync(Subject, asOf) is not { } covering)
            {
                return null;
            }

            // the invoice was made from what stood on the stream before it was closed
            var covered = (await RateAsync(then.Basis(before: covering.ClosedAt))).Result;
            var line = CarryingLines.Of(covering.Issued, covered);
            if (covered.Outcome == Rated && line.Line is null)
            {
                _faults.Add($"invoice {line.Number} covers the call, but has no line for it");
            }

            return (line, covering.Issued);
        }

        private async Task<CallLimitShare?> LimitAsync(CallBasis basis, CallResult shown, long? issuedWith)
        {
            if (Subject.Reason is not null || then.IsSubjectVoided || shown.Outcome != Rated
                || (mostCallsInLimit < long.MaxValue && (await ReadMonthUsage.RunAsync(database, shown.Contract!, shown.UsageMonth!.Value, cancel)).Calls > mostCallsInLimit))
            {
                return null;
            }

            var no = asOf is { } at ? await KnowledgeLoader.NoAtAsync(connection, at, cancel) : issuedWith ?? await KnowledgeLoader.CurrentNoAsync(connection, cancel);
            var contract = (await known.LoadAsync(no)).Contracts.Find(shown.Contract!);
            var limit = contract is null ? null : BillingMonth.LimitOf(contract, shown.UsageMonth!.Value);
            return await LimitShare.OfAsync(connection, name, shown, Answered(basis.Call), (limit, no), cancel);
        }

        private static Instant Answered(CallRecord call) => call.AnsweredAt ?? call.StartedAt;

        private static CallDifference Difference(CallResult stands, CallResult shown)
        {
            var change = shown.Charge - stands.Charge;
            return new CallDifference(
                stands,
                change,
                $"実際の料金は{Terms.Money(stands.Charge)}円であり、この時点の知識による計算との差は{Terms.Money(change)}円である。",
                $"What stands is {Terms.Money(stands.Charge)} yen; with what was known at that instant it would be {Terms.Money(change)} yen different.");
        }

        /// <summary>Unless revealed without the last digits of the called number; of a forwarded call the caller is the other party too.</summary>
        private static CallRecord Shown(CallRecord call, bool reveal) => reveal ? call : Masked.Call(call);

        private static CallResult Hidden(CallResult result, bool reveal) =>
            reveal || result.Destination is null ? result : result with { Destination = Masked.Number(result.Destination) };
    }

    private sealed record Rerun(long Known, CallResult Result, IReadOnlyList<ReasoningStep> Steps);
}
