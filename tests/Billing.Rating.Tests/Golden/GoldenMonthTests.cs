using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.Calls;
using Billing.Rating.Invoicing;
using Billing.Rating.Records;
using Billing.Rating.Reference;
using Billing.Rating.Subscriptions;
using Billing.Rating.Tariffs;

namespace Billing.Rating.Tests;

/// <summary>
/// A whole month from documents to invoices: February 2028 with its 29 days, two tariff versions, a limit, a changed pair and
/// a terminated W-mode contract. The expected files were worked out by hand and by a second computation, not copied from this one.
/// </summary>
public sealed class GoldenMonthTests
{
    private const string Columns =
        "line,source,record_id,outcome,reason,contract,number,class,carrier,destination,stripped_prefix,tax_category,usage_month,chargeable_ms,units,charge,tail_ms,tail_charge,flags,tariff_version";

    private readonly Dictionary<string, MonthUsage> _usage = [];
    private readonly CallRater _rater = new(
        ContractBook.Compile(Document<ContractsDocument>("contracts.json")).Book.ShouldNotBeNull(),
        TariffBook.Compile(Document<TariffsDocument>("tariff.json")).Book.ShouldNotBeNull(),
        ReferenceTables.Compile(Document<ReferenceDocument>("reference.json")).Tables.ShouldNotBeNull());

    [Fact]
    public void Every_row_of_the_month_becomes_what_is_expected() => Rate(File.ReadAllLines(PathOf("calls.csv"))).ShouldBe(File.ReadAllLines(PathOf("rated.csv")));

    [Fact]
    public void The_invoices_of_the_month_are_the_expected_ones_byte_for_byte()
    {
        Rate(File.ReadAllLines(PathOf("calls.csv")));

        Invoices().ShouldBe(File.ReadAllText(PathOf("invoices.json")));
    }

    [Fact]
    public void The_invoices_do_not_depend_on_the_order_of_the_rows()
    {
        var lines = File.ReadAllLines(PathOf("calls.csv"));

        Rate([lines[0], .. lines.Skip(1).Reverse()]);

        Invoices().ShouldBe(File.ReadAllText(PathOf("invoices.json")));
    }

    private string[] Rate(string[] lines)
    {
        var parser = CdrParser.ForCsv(Encoding.UTF8.GetBytes(lines[0])).Parser.ShouldNotBeNull();
        var (call, rows) = (default(RatedCall), new List<string> { Columns });
        for (var i = 1; i < lines.Length; i++)
        {
            var row = parser.Parse(Encoding.UTF8.GetBytes(lines[i]));
            var identity = $"{i + 1},{Encoding.UTF8.GetString(row.Source)},{Encoding.UTF8.GetString(row.RecordId)}";
            if (row.Reject != RejectReason.None)
            {
                rows.Add($"{identity},rejected,{Words.Of(row.Reject)}{new string(',', 15)}");
                continue;
            }

            _rater.Rate(row.Facts, ref call);
            rows.Add($"{identity},{Text(Rated.Of(call))}");
            if (call.Contract is { } contract && call.UsageMonth == UsageMonth.Parse("2028-02"))
            {
                _usage.TryAdd(contract.Id, new MonthUsage(BillingMonth.LimitOf(contract, call.UsageMonth)));
                _usage[contract.Id].Add(call, row.AnsweredMs ?? 0, row.Source, row.RecordId);
            }
        }

        return [.. rows];
    }

    private static string Text(Rated call) => call.Outcome switch
    {
        "suspended" => $"suspended,{call.Reason}{new string(',', 15)}",
        "unanswered" => $"unanswered,,{call.Contract},{call.Number},,,,,,{call.Month},0,0,0,,,,",
        _ => $"rated,,{call.Contract},{call.Number},{call.Class},{call.Carrier},{call.Destination},{call.StrippedPrefix},{call.TaxCategory},{call.Month},"
            + $"{call.ChargeableMs},{call.Units},{call.Charge},{call.TailMs},{call.TailCharge},{(call.TailOverLimit ? "tail-over-limit" : "")},{call.TariffVersion}",
    };

    private string Invoices()
    {
        var month = BillingMonth.Prepare(UsageMonth.Parse("2028-02"), _rater.Tariffs, _rater.Contracts).Month.ShouldNotBeNull();
        var invoices = _rater.Contracts.Contracts
            .Select(contract => InvoiceCalculator.Calculate(contract, month, _usage.GetValueOrDefault(contract.Id) ?? new MonthUsage(null), [], []))
            .Where(result => result.Refusal is null && result.Invoice is not null)
            .Select(result => result.Invoice!);
        return JsonSerializer.Serialize(new InvoicesDocument { Invoices = [.. invoices] }, BillingJson.Indented) + "\n";
    }

    private static T Document<T>(string name)
        where T : class
    {
        var (document, fault) = DocumentReader.Read<T>(File.ReadAllBytes(PathOf(name)));
        fault.ShouldBeNull();
        return document.ShouldNotBeNull();
    }

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Golden", "February2028", name);
}
