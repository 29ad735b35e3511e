using System.CommandLine;
using System.CommandLine.Parsing;
using System.Diagnostics;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Replay;

namespace Billing.Service.CommandLine;

/// <summary>
/// <c>billing replay</c>: computes issued invoices again and proves them, or computes a month with other knowledge and shows
/// what would differ.
/// </summary>
internal static class ReplayCommand
{
    private const string Now = "now";

    private static readonly Option<string?> Invoice = new("--invoice") { HelpName = "number", Description = "Prove this issued invoice, such as 202610-C-1001" };
    private static readonly Option<bool> All = new("--all") { Description = "Prove every issued invoice of --month" };
    private static readonly Option<UsageMonth?> Month = new("--month") { Description = "Usage month, YYYY-MM", CustomParser = CommonOptions.ParseMonth };
    private static readonly Option<string?> Contract = new("--contract") { Description = "One contract only" };
    private static readonly Option<string?> AsOf = CreateAsOf();
    private static readonly Option<string?> Tariff = new("--tariff") { HelpName = "file", Description = "With this tariff instead of what is published; checked as tariffs publish does" };
    private static readonly Option<string?> Reference = new("--reference") { HelpName = "file", Description = "With this reference instead of the published one" };
    private static readonly Option<string?> Corrections = new("--corrections") { HelpName = "file", Description = "Suppose these corrections: { \"corrections\": [ { \"call\": \"SOURCE/ID\", \"void\": true } | { \"call\": …, \"facts\": { … } } ] }" };
    private static readonly Option<string?> CsvFolder = new("--csv") { HelpName = "folder", Description = "Write calls.csv, lines.csv and totals.csv there" };
    private static readonly Option<bool> EveryCall = new("--every-call") { Description = "List every call in calls.csv, not only those that differ" };

    public static Command Create()
    {
        var command = new Command("replay", "Computes again from the events. --invoice or --all proves issued invoices byte for byte; --month with --as-of, --tariff, --reference or --corrections shows what would differ and changes nothing. Exit code 1 when an invoice differs.")
        {
            Invoice, All, Month, Contract, AsOf, Tariff, Reference, Corrections, CsvFolder, EveryCall, CommonOptions.Json,
        };
        command.Validators.Add(result =>
        {
            if (UsageError(result) is { } error)
            {
                result.AddError(error);
            }
        });
        command.SetAction((parsed, cancellation) => parsed.GetValue(Invoice) is { } number ? ProveOne(parsed, number, cancellation)
            : parsed.GetValue(All) ? ProveMonth(parsed, cancellation)
            : Replay(parsed, cancellation));
        return command;
    }

    private static string? UsageError(CommandResult result)
    {
        bool Given(Option option) => result.GetResult(option) is { Implicit: false };
        var other = Given(AsOf) || Given(Tariff) || Given(Reference) || Given(Corrections);
        var onlyOther = other || Given(Contract) || Given(CsvFolder) || Given(EveryCall);
        return Given(Invoice)
                ? Given(All) || Given(Month) || onlyOther ? "--invoice stands alone" : null
            : Given(All)
                ? onlyOther ? "--all goes with --month only" : !Given(Month) ? "--all needs --month" : null
            : !Given(Month) ? "--invoice NUMBER, --all --month YYYY-MM or --month YYYY-MM is expected"
            : !other ? "--month needs at least one of --as-of, --tariff, --reference and --corrections"
            : Given(EveryCall) && !Given(CsvFolder) ? "--every-call needs --csv"
            : null;
    }

    private static Task<int> ProveOne(ParseResult parsed, string number, CancellationToken cancellation) => Run.WithStore(parsed, async run =>
    {
        if (await ShowInvoice.FindAsync(run.Database, number, run.Cancellation) is not { } issued)
        {
            return await Run.NoInvoiceAsync(run, number);
        }

        var proof = await new ProveInvoices(run.Database).OneAsync(issued, run.Cancellation);
        run.Write(proof, text => ProofText.Write(text, proof));
        return proof.Fault is null ? Exit.Done : Exit.Failed;
    }, cancellation);

    private static Task<int> ProveMonth(ParseResult parsed, CancellationToken cancellation) => Run.WithStore(parsed, async run =>
    {
        var month = parsed.GetValue(Month)!.Value;
        var proofs = new ProveInvoices(run.Database).OfMonthAsync(month, Progress(), run.Cancellation);
        var proof = await MonthProof.OfAsync(month, proofs, run.Cancellation);
        EndProgress();
        run.Write(proof, text => ProofText.Write(text, proof));
        return proof.Holds ? Exit.Done : Exit.Failed;
    }, cancellation);

    private static Task<int> Replay(ParseResult parsed, CancellationToken cancellation) => Run.Guarded(async () =>
    {
        var request = await RequestAsync(parsed, cancellation);
        return request is null ? Exit.Refused : await Run.WithStore(parsed, async run =>
        {
            using var files = parsed.GetValue(CsvFolder) is { } folder ? new ReplayFiles(folder, parsed.GetValue(EveryCall)) : null;
            var (result, refusal) = await new ReplayMonth(run.Database).RunAsync(request, files, Progress(), run.Cancellation);
            EndProgress();
            if (result is null)
            {
                return Run.Refuse(refusal!);
            }

            run.Write(result, text => ReplayText.Write(text, result));
            return Exit.Done;
        }, cancellation);
    }, cancellation);

    /// <summary>The request with its documents read and checked, or null after saying which file is refused and why.</summary>
    private static async Task<ReplayRequest?> RequestAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var asOf = parsed.GetValue(AsOf);
        var request = new ReplayRequest(
            parsed.GetValue(Month)!.Value,
            parsed.GetValue(Contract),
            asOf is null or Now ? null : InstantText.TryParse(asOf, out var at) ? at : null);
        var (tariff, reference, corrections) = (parsed.GetValue(Tariff), parsed.GetValue(Reference), parsed.GetValue(Corrections));
        var refused = false;
        request = request with { Tariff = await ReadAsync<TariffsDocument>(tariff) };
        request = request with { Reference = await ReadAsync<ReferenceDocument>(reference) };
        request = request with { Corrections = await ReadAsync<CorrectionsDocument>(corrections) };
        foreach (var (path, fault) in new[] { (tariff, request.TariffFault), (reference, request.ReferenceFault), (corrections, request.CorrectionsFault) })
        {
            if (fault is not null && !refused)
            {
                DocumentFile.Refuse(path!, fault);
                refused = true;
            }
        }

        return refused ? null : request;

        async Task<T?> ReadAsync<T>(string? path)
            where T : class
        {
            var document = path is null || refused ? null : await DocumentFile.ReadAsync<T>(path, cancellation);
            refused |= path is not null && document is null;
            return document;
        }
    }

    private static Option<string?> CreateAsOf()
    {
        var option = new Option<string?>("--as-of")
        {
            HelpName = "now|instant",
            Description = "With what is known now, or was known and recorded at an instant: 2026-10-31T15:00:00Z, 2026-11-01T00:00:00+09:00, or a Tokyo date for its beginning",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value != Now && !InstantText.TryParse(token.Value, out _))
            {
                result.AddError("--as-of: now, an instant such as 2026-11-01T00:00:00+09:00 or a date YYYY-MM-DD is expected");
            }
        });
        return option;
    }

    private static Progress<long>? Progress()
    {
        if (Console.IsErrorRedirected)
        {
            return null;
        }

        var clock = Stopwatch.StartNew();
        return new Progress<long>(calls => Console.Error.Write($"\r{calls:N0} calls, {calls / Math.Max(clock.Elapsed.TotalSeconds, 0.001):N0} calls/s "));
    }

    private static void EndProgress()
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.WriteLine();
        }
    }
}
