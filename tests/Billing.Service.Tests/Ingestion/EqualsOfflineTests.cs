using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Offline;

namespace Billing.Service.Tests.Ingestion;

/// <summary>What the service stores for a file is what the offline command writes for it.</summary>
public sealed class EqualsOfflineTests(DatabaseFixture database) : IClassFixture<DatabaseFixture>
{
    private const string RatedAsCsv =
        """
        select coalesce(string_agg(concat_ws(',', line, source, record_id, outcome, '', coalesce(contract, ''), coalesce(number, ''), coalesce(class, ''),
          coalesce(carrier, ''), coalesce(destination, ''), coalesce(stripped_prefix, ''), coalesce(tax_category, ''), to_char(usage_month, 'YYYY-MM'),
          chargeable_ms, units, trim_scale(charge), coalesce(tail_ms::text, ''), coalesce(trim_scale(tail_charge)::text, ''),
          case when tail_over_limit then 'tail-over-limit' else '' end, coalesce(tariff_version, '')), E'\n' order by line), '')
        from billing.rated_calls
        """;

    [Fact]
    public async Task Rated_calls_receipt_and_suspense_are_those_of_the_offline_command()
    {
        using var month = new MonthFiles();
        await MonthFiles.LearnAsync(database);
        var calls = month.Write("calls.csv", month.Rows);
        var output = Path.Combine(month.Folder, "out");
        var tariff = month.Write("tariff.json", System.Text.Encoding.UTF8.GetString(MonthFiles.Tariff));
        using var error = new StringWriter();
        RateFiles.Run(
            new RateFilesRequest(MonthFiles.Demo("contracts.json"), tariff, MonthFiles.Demo("reference.json"), calls, MonthFiles.Month, output),
            error,
            showProgress: false).ShouldBe(0, error.ToString());

        var receipt = await database.IngestAsync(calls);

        JsonSerializer.Serialize(receipt, BillingJson.Indented).ShouldBe((await File.ReadAllTextAsync(Path.Combine(output, "receipt.json"))).TrimEnd());
        var rated = (await File.ReadAllLinesAsync(Path.Combine(output, "rated.csv"))).Skip(1).ToArray();
        (await database.ScalarAsync<string>(RatedAsCsv)).Split('\n')
            .ShouldBe(rated.Where(row => row.Split(',')[3] is "rated" or "unanswered"));
        (await database.ScalarAsync<string>("select string_agg(concat_ws(',', line, source, record_id, 'suspended', reason), E'\\n' order by line) from billing.suspense")).Split('\n')
            .ShouldBe(rated.Where(row => row.Split(',')[3] == "suspended").Select(row => string.Join(',', row.Split(',')[..5])));
        (await database.ScalarAsync<string>("select string_agg(concat_ws(',', line, reason), E'\\n' order by line) from billing.rejects")).Split('\n')
            .ShouldBe(rated.Where(row => row.Contains(",rejected,", StringComparison.Ordinal)).Select(row => row[..row.IndexOf(',')] + "," + row.TrimEnd(',').Split(',')[^1]));
    }

    [Fact]
    public void The_month_meets_every_outcome_and_every_reason()
    {
        using var month = new MonthFiles();
        var output = Path.Combine(month.Folder, "out");
        var tariff = month.Write("tariff.json", System.Text.Encoding.UTF8.GetString(MonthFiles.Tariff));
        RateFiles.Run(
            new RateFilesRequest(MonthFiles.Demo("contracts.json"), tariff, MonthFiles.Demo("reference.json"), month.Write("calls.csv", month.Rows), MonthFiles.Month, output),
            TextWriter.Null,
            showProgress: false);
        var receipt = MonthFiles.Read<ReceiptDocument>(File.ReadAllBytes(Path.Combine(output, "receipt.json")));

        // the reasons left out are of rows that come by a profile
        receipt.Reasons.Suspended.Keys.ShouldBe(Enum.GetValues<SuspenseReason>().Skip(1).Except([SuspenseReason.DurationMismatch, SuspenseReason.OtherHalfMissing, SuspenseReason.ContractElsewhere]).Select(Words.Of), ignoreOrder: true);
        receipt.Reasons.Rejected.Keys.ShouldBe(Enum.GetValues<RejectReason>().Skip(1).Except([RejectReason.BadDuration, RejectReason.UnknownRow]).Select(Words.Of), ignoreOrder: true);
        receipt.Outcomes.Duplicate.ShouldBeGreaterThan(0);
        receipt.Outcomes.Unanswered.ShouldBeGreaterThan(0);
    }
}
