using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Reasoning;
using Billing.Rating.Records;

namespace Billing.Rating.Tests;

/// <summary>What rating knows in a test: contracts, tariff versions and reference data.</summary>
internal sealed record World
{
    public static World Standard { get; } = new();

    public IReadOnlyList<ContractDocument> Contracts { get; init; } = [SampleContracts.Biz, SampleContracts.WMode];

    public IReadOnlyList<TariffDocument> Tariffs { get; init; } = [SampleTariff.Standard];

    public ReferenceDocument Reference { get; init; } = SampleReference.Standard;

    public static World Of(params IReadOnlyList<ContractDocument> contracts) => new() { Contracts = contracts };

    public CallRater Rater() => new(SampleContracts.Book(Contracts), SampleTariff.Book(Tariffs), Reference.Tables());

    /// <summary>Reads the record as a CSV row and rates it; the record must be readable.</summary>
    public Rated Rate(CallRecord record) => Rate(Rater(), record);

    public static Rated Rate(CallRater rater, CallRecord record)
    {
        var call = default(RatedCall);
        var row = Csv().Parse(record.CsvUtf8);
        row.Reject.ShouldBe(RejectReason.None);
        rater.Rate(row.Facts, ref call);
        return Rated.Of(call);
    }

    /// <summary>The class of an answered call to a number, or the reason why there is none.</summary>
    public string ClassOf(string called, string mode = "ip") =>
        Rate((mode == "ip" ? new CallRecord() : CallRecord.Mobile) with { Called = called }).ClassOrReason;

    public IReadOnlyList<ReasoningStep> Explain(CallRecord record)
    {
        var call = default(RatedCall);
        return Rater().Explain(Csv().Parse(record.CsvUtf8).Facts, ref call);
    }

    /// <summary>The figures of the only step of that name.</summary>
    public T Explain<T>(CallRecord record, string step)
        where T : Figures => Explain(record).Single(candidate => candidate.Step == step).Figures.ShouldBeOfType<T>();

    /// <summary>The usage of a contract and month, the calls added in the order given.</summary>
    public MonthUsage Usage(string contractId, string month, params IReadOnlyList<CallRecord> calls)
    {
        var rater = Rater();
        var usage = new MonthUsage(BillingMonth.LimitOf(rater.Contracts.Find(contractId).ShouldNotBeNull(), UsageMonth.Parse(month)));
        var parser = Csv();
        var call = default(RatedCall);
        foreach (var record in calls)
        {
            var row = parser.Parse(record.CsvUtf8);
            rater.Rate(row.Facts, ref call);
            if (call.Contract?.Id == contractId && call.UsageMonth == UsageMonth.Parse(month))
            {
                usage.Add(call, row.AnsweredMs ?? 0, row.Source, row.RecordId);
            }
        }

        return usage;
    }

    /// <summary>The invoice of a contract and month, none, or the refusal.</summary>
    public (InvoiceDocument? Invoice, Refusal? Refusal) TryInvoice(string contractId, string month, params IReadOnlyList<CallRecord> calls)
    {
        var (contracts, tariffs) = (SampleContracts.Book(Contracts), SampleTariff.Book(Tariffs));
        var (prepared, refusal) = BillingMonth.Prepare(UsageMonth.Parse(month), tariffs, contracts);
        return prepared is null
            ? (null, refusal)
            : InvoiceCalculator.Calculate(contracts.Find(contractId).ShouldNotBeNull(), prepared, Usage(contractId, month, calls), [], []);
    }

    public InvoiceDocument Invoice(string contractId, string month, params IReadOnlyList<CallRecord> calls)
    {
        var (invoice, refusal) = TryInvoice(contractId, month, calls);
        refusal.ShouldBeNull();
        return invoice.ShouldNotBeNull();
    }

    /// <summary>A parser for files with all columns in the order of the format.</summary>
    public static CdrParser Csv() => CdrParser.ForCsv(Encoding.UTF8.GetBytes(CallRecord.Header)).Parser.ShouldNotBeNull();
}
