using System.Diagnostics;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Rating.BuiltIn;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Reference;
using Billing.Rating.Subscriptions;
using Billing.Rating.Tariffs;
using Billing.Service.Ingestion;

namespace Billing.Service.Offline;

/// <summary>The inputs of <c>billing rate</c>.</summary>
/// <param name="Profile">What makes cdr v1 of the file; null when it is cdr v1.</param>
public sealed record RateFilesRequest(string Contracts, string Tariff, string? Reference, string Cdr, UsageMonth Month, string Out, Profile? Profile = null);

/// <summary>
/// Rates one file of call records and makes the invoices of one month from documents alone: no database, no service.
/// Writes <c>rated.csv</c>, <c>invoices.json</c> and <c>receipt.json</c>; a refused input leaves none of them.
/// </summary>
public static class RateFiles
{
    /// <summary>0: done; 2: an input document or the file of call records is refused.</summary>
    public static int Run(RateFilesRequest request, TextWriter error, bool showProgress)
    {
        if (!TryLoad(request, error, out var rater, out var month))
        {
            return 2;
        }

        var (file, fault) = CdrFile.Open(OpenInput(request.Cdr), request.Cdr, request.Profile);
        if (file is null)
        {
            error.WriteLine($"billing: {request.Cdr}: {fault}");
            return 2;
        }

        using var opened = file;
        Directory.CreateDirectory(request.Out);
        using var output = new OutputFiles(request.Out);
        try
        {
            MonthRun run;
            using (var rated = new RatedCsv(output.Create("rated.csv")))
            {
                run = new MonthRun(request.Month, rated);
                RateRows(file, rater, run, showProgress ? error : null);
            }

            var receipt = run.Counts.ToDocument(file.Name, file.FinishSha256(), file.Parser.UnknownColumns, request.Profile);
            var invoices = Invoices(rater.Contracts, month, run.Usage, error);
            WriteJson(output.Create("invoices.json"), new InvoicesDocument { Invoices = invoices });
            WriteJson(output.Create("receipt.json"), receipt);
            output.Complete();
            return 0;
        }
        catch (InvalidDataException damage)
        {
            error.WriteLine($"billing: {request.Cdr}: {damage.Message}");
            return 2;
        }
    }

    private static bool TryLoad(RateFilesRequest request, TextWriter error, out CallRater rater, out BillingMonth month)
    {
        rater = null!;
        month = null!;
        if (!TryRead<ContractsDocument>(request.Contracts, error, out var contractsDocument)
            || !TryRead<TariffsDocument>(request.Tariff, error, out var tariffsDocument)
            || !TryRead<ReferenceDocument>(request.Reference, error, out var referenceDocument))
        {
            return false;
        }

        var (contracts, contractsFault) = ContractBook.Compile(contractsDocument);
        var (tariffs, tariffsFault) = TariffBook.Compile(tariffsDocument);
        var (reference, referenceFault) = ReferenceTables.Compile(referenceDocument);
        foreach (var (path, fault) in new[] { (request.Contracts, contractsFault), (request.Tariff, tariffsFault), (request.Reference, referenceFault) })
        {
            if (fault is not null)
            {
                error.WriteLine($"billing: {path}: {fault}");
                return false;
            }
        }

        rater = new CallRater(contracts!, tariffs!, reference!);
        var (prepared, refusal) = BillingMonth.Prepare(request.Month, tariffs!, contracts!);
        if (prepared is null)
        {
            error.WriteLine($"billing: {request.Tariff}: {refusal}");
            return false;
        }

        month = prepared;
        return true;
    }

    private static bool TryRead<T>(string? path, TextWriter error, out T document)
        where T : class
    {
        var (read, fault) = DocumentReader.Read<T>(path is null ? BuiltInDocuments.Reference : InputFile.ReadAll(path));
        document = read!;
        if (fault is not null)
        {
            error.WriteLine($"billing: {path}: {fault}");
        }

        return read is not null;
    }

    private static Stream OpenInput(string path) =>
        path == "-" ? Console.OpenStandardInput() : InputFile.Open(path);

    /// <summary>Takes the rows in their order; the next ones are read and rated meanwhile.</summary>
    private static void RateRows(CdrFile file, CallRater rater, MonthRun run, TextWriter? progress)
    {
        var (current, next) = (new RatedBatch(), new RatedBatch());
        var clock = Stopwatch.StartNew();
        current.Fill(file, rater);
        while (current.Count > 0)
        {
            var filled = next;
            var filling = Task.Run(() => filled.Fill(file, rater));
            try
            {
                run.Take(current);
                if (progress is not null && clock.ElapsedMilliseconds > 500)
                {
                    progress.Write($"\r{run.Counts.Rows:N0} rows, {current.BytesRead / 1_048_576:N0} MiB read ");
                    clock.Restart();
                }
            }
            finally
            {
                // nothing reads the file any more when this method is left
                filling.GetAwaiter().GetResult();
            }

            (current, next) = (next, current);
        }

        progress?.Write("\r" + new string(' ', 60) + "\r");
    }

    private static List<InvoiceDocument> Invoices(ContractBook contracts, BillingMonth month, IReadOnlyDictionary<Contract, MonthUsage> usage, TextWriter error)
    {
        var invoices = new List<InvoiceDocument>();
        foreach (var (contract, (invoice, refusal)) in contracts.Contracts.AsParallel().AsOrdered().Select(contract => (contract, Invoice(
            contract, month, usage.GetValueOrDefault(contract) ?? new MonthUsage(BillingMonth.LimitOf(contract, month.Month))))))
        {
            if (refusal is not null)
            {
                error.WriteLine($"billing: no invoice for contract {contract.Id}: {refusal}");
            }
            else if (invoice is not null)
            {
                invoices.Add(invoice);
            }
        }

        return invoices;
    }

    /// <summary>An amount that no invoice can hold refuses this contract's invoice, not the others.</summary>
    private static (InvoiceDocument? Invoice, Refusal? Refusal) Invoice(Contract contract, BillingMonth month, MonthUsage usage)
    {
        try
        {
            return InvoiceCalculator.Calculate(contract, month, usage, [], []);
        }
        catch (OverflowException)
        {
            return (null, new Refusal("§1", "an amount is larger than an invoice can hold"));
        }
    }

    private static void WriteJson<T>(Stream stream, T document)
    {
        using (stream)
        {
            JsonSerializer.Serialize(stream, document, BillingJson.Indented);
            stream.WriteByte((byte)'\n');
        }
    }
}
