using System.Diagnostics;
using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Contracts.Json;
using Billing.Service.Ingestion;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using Billing.Service.Usage;
using JasperFx.Events;
using NodaTime;

namespace Billing.Bench.Ratios;

/// <summary>
/// <c>ratios</c>: everything that goes to the database side by side on one server, each way in a fresh copy of the same
/// database, over and over in turns, for a machine is never quiet.
/// </summary>
internal sealed class RatiosCommand(BenchServer server, BillingProgram program, RatiosOptions options, string folder, TextWriter progress)
{
    public const string PlainCopy = "plain COPY into an identical mt_events with its keys";
    public const string Ingest = "ingest: parsed, deduplicated, appended, rated, totalled, committed";
    public const string QuickAppend = "Marten quick append, 1,000 a save";
    public const string RichAppend = "Marten rich append, 1,000 a save";
    public const string SingleAppend = "Marten, one event a save";
    public const string PlainRead = "plain read and deserialise";
    public const string Rebuild = "rebuild of rated calls, usage and suspense";
    public const string Replay = "replay of the month with another tariff";
    public const string Proof = "proof of all invoices of the month";
    public const string SumQuery = "one SQL pass: sums by contract and class (contracts)";
    public const string Issue = "issue all invoices (invoices)";
    public const string Rate = "rate, the whole offline command (rows)";
    public const string FirstMillion = "ingest, the first million rows";
    public const string LastMillion = "ingest, the last million rows";

    private const int Million = 1_000_000;

    private readonly Workload _workload = new(options.Contracts);
    private readonly EventFile _events = new(folder);
    private readonly Samples _samples = new(progress);

    private string Calls => Path.Combine(folder, "calls.csv");

    private string Contracts => Path.Combine(folder, "contracts.json");

    private string Tariff => Path.Combine(folder, "tariff.json");

    public async Task<RatiosResult> RunAsync()
    {
        await PrepareAsync();
        var (ingestPeak, saved) = await KeepEventsAsync();
        long ratePeak = 0;
        for (var round = 1; round <= options.Rounds; round++)
        {
            progress.WriteLine($"round {round} of {options.Rounds}");
            ratePeak = Math.Max(ratePeak, await RateAsync(round));
            if (round % 2 == 1)
            {
                await PlainCopyAsync();
                await IngestAndReadAsync();
            }
            else
            {
                await IngestAndReadAsync();
                await PlainCopyAsync();
            }

            await MartenAsync(saved);
        }

        return new RatiosResult(_samples, ingestPeak, ratePeak, _events.Count);
    }

    /// <summary>The files, and a database that knows contracts and tariff.</summary>
    private async Task PrepareAsync()
    {
        progress.WriteLine($"preparing {options.Rows:N0} rows of {options.Contracts:N0} contracts");
        _workload.WriteCalls(Calls, options.Rows);
        _workload.WriteContracts(Contracts);
        await File.WriteAllBytesAsync(Tariff, Workload.Tariff);
        await server.PrepareAsync(program, Contracts, Tariff);
    }

    /// <summary>Takes the calls in once by the command itself, for its memory and for the events.</summary>
    private async Task<(long Peak, List<(string, CallRecorded)> Calls)> KeepEventsAsync()
    {
        await using var database = await server.CopyAsync();
        var (_, peak) = await program.RunAsync(database.ConnectionString, "ingest", Calls);
        await _events.SaveAsync(database.Source);
        return (peak, await EventFile.LoadAsync(database.Source, options.MartenEvents));
    }

    private async Task<long> RateAsync(int round)
    {
        var output = Path.Combine(folder, $"out-{round}");
        var (elapsed, peak) = await program.RunAsync(
            null, "rate", "--contracts", Contracts, "--tariff", Tariff, "--cdr", Calls, "--month", Workload.Month.ToString(), "--out", output);
        _samples.Note(Rate, options.Rows, elapsed);
        Directory.Delete(output, recursive: true);
        return peak;
    }

    private async Task PlainCopyAsync()
    {
        await using var database = await server.CopyAsync();
        await _events.PrepareAsync(database.Source);
        await _samples.TimeAsync(PlainCopy, _events.Count, () => _events.CopyAsync(database.Source));
    }

    /// <summary>What needs calls that were taken in follows in the same database.</summary>
    private async Task IngestAndReadAsync()
    {
        await using var database = await server.CopyAsync();
        await IngestAsync(database);
        await database.ExecuteAsync("vacuum analyze billing.mt_events, billing.rated_calls");
        await _samples.TimeAsync(PlainRead, async () => await EventFile.ReadAsync(database.Source));
        await _samples.TimeAsync(Rebuild, async () => (await new RebuildReadTables(database.Source).RunAsync(null, null, CancellationToken.None)).RatedCalls);

        var knowledge = await new KnowledgeLoader(database.Source).LoadAsync();
        await _samples.TimeAsync(SumQuery, options.Contracts, () => SumAsync(database));
        await _samples.TimeAsync(Issue, options.Contracts, async () =>
        {
            var (report, refusal) = await new IssueInvoices(database.Source, knowledge, InvoiceTerms.Sample, SystemClock.Instance)
                .RunAsync(Workload.Month, null, null, CancellationToken.None);
            if (report?.Issued != options.Contracts)
            {
                throw new InvalidOperationException($"{report?.Issued} of {options.Contracts} invoices were issued. {refusal}");
            }
        });
        await ReplayAsync(database);
    }

    /// <summary>The whole month twice: with another tariff, so that calls differ, and as it was issued.</summary>
    private async Task ReplayAsync(BenchDatabase database)
    {
        var (tariff, _) = DocumentReader.Read<TariffsDocument>(Workload.OtherTariff);
        await _samples.TimeAsync(Replay, async () =>
        {
            var (result, refusal) = await new ReplayMonth(database.Source).RunAsync(new ReplayRequest(Workload.Month, Tariff: tariff), null, null, CancellationToken.None);
            return result is { Calls.Differing: > 0 } ? result.Calls.Calls : throw new InvalidOperationException($"Nothing was replayed. {refusal}");
        });
        await _samples.TimeAsync(Proof, async () =>
        {
            var proof = await MonthProof.OfAsync(Workload.Month, new ProveInvoices(database.Source).OfMonthAsync(Workload.Month, null, CancellationToken.None), CancellationToken.None);
            return proof.Holds ? proof.Calls : throw new InvalidOperationException($"{proof.Invoices - proof.Equal} invoices were not proved: {proof.Differing[0].Fault}");
        });
    }

    private async Task IngestAsync(BenchDatabase database)
    {
        using var knowledge = new KnowledgeCache(database.Source);
        var marks = new Marks();
        await _samples.TimeAsync(Ingest, _events.Count, async () =>
        {
            var result = await new IngestFile(database.Source, knowledge, TimeProvider.System).RunAsync(Calls, "calls.csv", marks, CancellationToken.None);
            if (result.Receipt is null)
            {
                throw new InvalidOperationException($"The calls were refused: {result.Refused}");
            }
        });
        if (options.Rows >= 10 * Million)
        {
            _samples.Note(FirstMillion, Million, marks.At(Million) - marks.At(0));
            _samples.Note(LastMillion, Million, marks.At(options.Rows) - marks.At(options.Rows - Million));
        }
    }

    private static async Task SumAsync(BenchDatabase database)
    {
        await using var command = database.Source.CreateCommand(
            $"select contract, class, count(*), sum(chargeable_ms), sum(charge) from billing.rated_calls where usage_month = '{Workload.Month}-01' group by contract, class");
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
        }
    }

    /// <summary>Small enough to wait for: these are speeds a second, whatever the number.</summary>
    private async Task MartenAsync(List<(string, CallRecorded)> calls)
    {
        foreach (var (name, mode, share, save) in new[]
        {
            (QuickAppend, EventAppendMode.Quick, 1, 1000), (RichAppend, EventAppendMode.Rich, 2, 1000), (SingleAppend, EventAppendMode.Quick, 50, 1),
        })
        {
            await using var database = await server.CopyAsync();
            await MartenAppends.AppendAsync(database.Source, mode, calls[..Math.Min(10, calls.Count)], save); // what is made once is made
            var some = calls[10..Math.Max(10, calls.Count / share)];
            await _samples.TimeAsync(name, some.Count, () => MartenAppends.AppendAsync(database.Source, mode, some, save));
        }
    }

    /// <summary>When how many rows had been taken in.</summary>
    private sealed class Marks : IProgress<long>
    {
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private readonly List<(long Rows, TimeSpan At)> _marks = [(0, TimeSpan.Zero)];

        public void Report(long value) => _marks.Add((value, _clock.Elapsed));

        /// <summary>Interpolated between the batches around it.</summary>
        public TimeSpan At(long rows)
        {
            var next = _marks.FindIndex(mark => mark.Rows >= rows);
            if (next <= 0)
            {
                return rows == 0 ? _marks[0].At : _marks[^1].At;
            }

            var ((before, from), (after, to)) = (_marks[next - 1], _marks[next]);
            return from + ((to - from) * ((rows - before) / (double)(after - before)));
        }
    }
}

/// <summary>How much is measured.</summary>
internal sealed record RatiosOptions(int Rows, int Contracts, int Rounds)
{
    /// <summary>Events for Marten's own ways.</summary>
    public int MartenEvents => Math.Min(Rows / 2, 100_000);

    public static RatiosOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new RatiosOptions(1_000_000, 10_000, 0);
        for (var i = 0; i + 1 < arguments.Count; i += 2)
        {
            var value = int.Parse(arguments[i + 1], NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
            options = arguments[i] switch
            {
                "--rows" => options with { Rows = value },
                "--contracts" => options with { Contracts = value },
                "--rounds" => options with { Rounds = value },
                _ => throw new ArgumentException($"{arguments[i]} is unknown: --rows, --contracts and --rounds are known"),
            };
        }

        return options.Rounds > 0 ? options : options with { Rounds = options.Rows >= 5_000_000 ? 1 : 3 };
    }
}

/// <summary>What came of it.</summary>
internal sealed record RatiosResult(Samples Samples, long IngestPeakBytes, long RatePeakBytes, long Events);
