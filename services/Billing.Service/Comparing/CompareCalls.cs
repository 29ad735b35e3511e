using System.Security.Cryptography;
using System.Text;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Rating;
using Billing.Service.Knowledge;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Comparing;

/// <summary>What to compare.</summary>
/// <param name="Contract">One contract's calls only; rows of theirs from numbers of other contracts are left out.</param>
/// <param name="Number">One 050 number's calls only.</param>
internal sealed record ComparisonRequest(UsageMonth Month, ColumnMap Map, Tolerances Tolerances, string? Contract, string? Number);

/// <summary>
/// Compares a month's calls with another party's call list, one to one. Writes nothing; the calls of one number at a time are
/// in memory.
/// </summary>
internal sealed class CompareCalls(NpgsqlDataSource database, RatingKnowledge knowledge)
{
    /// <param name="theirs">Their file, from its beginning; it can be read twice.</param>
    /// <param name="csv">Where every row goes as CSV; <see cref="Stream.Null"/> for none.</param>
    /// <param name="progress">Told the rows of their file read so far, then the calls compared.</param>
    /// <returns>The result, or why their file is refused.</returns>
    public async Task<(ComparisonResult? Result, DocumentFault? Fault)> RunAsync(
        ComparisonRequest request, string file, Stream theirs, Stream csv, IProgress<long>? progress, CancellationToken cancel)
    {
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(theirs, cancel));
        theirs.Position = 0;
        try
        {
            var (list, fault) = TheirFile.Open(theirs, request.Map, knowledge);
            if (list is null)
            {
                return (null, fault);
            }

            using var rows = new ComparisonCsv(csv);
            var run = new Comparison(request, knowledge, rows, progress, cancel);
            await run.RunAsync(database, list);
            return (run.Result(new ComparisonInputs(
                file, sha256, request.Map.Document, request.Month, request.Contract, request.Number, request.Tolerances, knowledge.No)), null);
        }
        catch (InvalidDataException noText)
        {
            return (null, new DocumentFault("content", noText.Message));
        }
    }

    /// <summary>One comparison on its way.</summary>
    private sealed class Comparison(ComparisonRequest request, RatingKnowledge knowledge, ComparisonCsv rows, IProgress<long>? progress, CancellationToken cancel)
    {
        private readonly ComparisonTotals _totals = new(request.Map.Document.Amount is not null);
        private readonly CompareNumber _compare = new(request.Tolerances);
        private readonly List<UnreadableRow> _unreadableRows = [];
        private readonly List<ComparedRow> _differences = [];
        private long _unanswered;
        private long _outside;
        private long _unreadable;
        private long _done;

        public async Task RunAsync(NpgsqlDataSource database, TheirFile list)
        {
            await using var staging = await database.OpenConnectionAsync(cancel);
            await using var staged = await staging.BeginTransactionAsync(cancel);
            await using var reading = await database.OpenConnectionAsync(cancel);
            await using var snapshot = await reading.BeginSnapshotAsync(cancel);
            var stage = new ComparisonStage(staging, cancel);
            var ours = new ReadOurCalls(reading, request, knowledge, cancel);
            await stage.CreateAsync();
            await StageTheirsAsync(list, stage);
            await ours.StageHeldAsync(stage);
            await stage.FlushAsync();
            await CompareAsync(ours, stage);
        }

        public ComparisonResult Result(ComparisonInputs inputs) => new(
            rows.Digest(), inputs, _totals.Ours(), _totals.Theirs(), _totals.Classes(), _unanswered, _outside, _unreadable, _unreadableRows, _differences);

        private async Task StageTheirsAsync(TheirFile list, ComparisonStage stage)
        {
            while (list.TryRead(request.Month, out var call, out var unreadable))
            {
                cancel.ThrowIfCancellationRequested();
                if (call is null)
                {
                    rows.Unreadable(list.Line, unreadable!);
                    _unreadable++;
                    Keep(_unreadableRows, new UnreadableRow(list.Line, unreadable!));
                }
                else if (!IsAsked(call) || (call.IsOutside && !TheirFile.IsNear(call, request.Month)))
                {
                    rows.Outside(call);
                    _outside++;
                }
                else
                {
                    await stage.AddAsync(call);
                }

                Report();
            }
        }

        /// <summary>A number that nobody holds stays: we may have missed it.</summary>
        private bool IsAsked(TheirCall call) =>
            (request.Number is null || call.Number == request.Number)
            && (request.Contract is null
                || knowledge.Contracts.Holder050(Encoding.ASCII.GetBytes(call.Number), Tokyo.DayOf(call.StartMs)) is not { } holder
                || holder.Contract.Id == request.Contract);

        /// <summary>Goes through both sides at once, number by number.</summary>
        private async Task CompareAsync(ReadOurCalls ours, ComparisonStage stage)
        {
            await using var our = ours.NumbersAsync().GetAsyncEnumerator(cancel);
            await using var their = stage.NumbersAsync().GetAsyncEnumerator(cancel);
            var (ourMore, theirMore) = (await our.MoveNextAsync(), await their.MoveNextAsync());
            while (ourMore || theirMore)
            {
                var order = !theirMore ? -1 : !ourMore ? 1 : string.CompareOrdinal(our.Current.Number, their.Current.Number);
                var number = order <= 0 ? our.Current.Number : their.Current.Number;
                Take(number, order <= 0 ? our.Current.Calls : [], order >= 0 ? their.Current : new StagedNumber(number));
                ourMore = order <= 0 ? await our.MoveNextAsync() : ourMore;
                theirMore = order >= 0 ? await their.MoveNextAsync() : theirMore;
            }
        }

        private void Take(string number, List<OurCall> ours, StagedNumber staged)
        {
            var compared = _compare.Compare(number, ours, staged.Theirs, staged.Held);
            foreach (var row in compared.Rows)
            {
                rows.Row(row);
                _totals.Add(row);
                if (row.Kind is not (RowClass.Equal or RowClass.WithinTolerance))
                {
                    Keep(_differences, row);
                }

                Report();
            }

            compared.Outside.ForEach(rows.Outside);
            _outside += compared.Outside.Count;
            _unanswered += compared.Unanswered;
        }

        private void Report()
        {
            if (++_done % 10_000 == 0)
            {
                progress?.Report(_done);
            }
        }

        private static void Keep<T>(List<T> list, T item)
        {
            if (list.Count < ComparisonResult.MostListed)
            {
                list.Add(item);
            }
        }
    }
}
