using Billing.Service.Invoicing;

namespace Billing.Service.Tests.Invoicing;

public class MissingFilesTests
{
    [Theory]
    [InlineData("a1.csv a2.csv a3.csv", "")]
    [InlineData("a1.csv a3.csv", "a2.csv")]
    [InlineData("a0001.csv.gz a0004.csv.gz", "a0002.csv.gz-a0003.csv.gz")]
    [InlineData("a9.csv a11.csv", "a10.csv")]
    [InlineData("a1.csv b3.csv", "")]
    [InlineData("a1.csv a3.json", "")]
    [InlineData("cdr-20261030.csv cdr-20261031.csv cdr-20261101.csv cdr-20261103.csv", "cdr-20261102.csv")]
    [InlineData("calls.csv calls.csv", "")]
    [InlineData("20261101-sw-7.csv 20261101-sw-9.csv", "20261101-sw-8.csv")]
    [InlineData("12345678901234567890123.csv 9.csv", "")]
    public void Gaps_in_the_numbering_of_a_source_are_found(string names, string gaps) =>
        string.Join(' ', MissingFiles.In(names.Split(' ')).Select(gap => gap.Count == 1 ? gap.First : $"{gap.First}-{gap.Last}")).ShouldBe(gaps);
}
