using System.Text;
using Billing.Contracts;
using Billing.Service.Comparing;
using Billing.Service.Replay;

namespace Billing.Service.Tests.Replay;

/// <summary>Files that people open in a spreadsheet hold no formula.</summary>
public sealed class CsvTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+81312345678", "'+81312345678")]
    [InlineData("-2", "'-2")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\tx", "'\tx")]
    [InlineData("=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"")]
    [InlineData("営業部, 東京", "\"営業部, 東京\"")]
    [InlineData("", "")]
    public void A_text_is_no_formula(string text, string field) => Csv.Field(text).ShouldBe(field);

    [Fact]
    public void A_negative_amount_stays_a_number() => Csv.Field(Yen.Whole(-5)).ShouldBe("-5");

    [Fact]
    public void A_comparison_holds_none_of_what_the_other_party_wrote()
    {
        using var stream = new MemoryStream();
        using (var csv = new ComparisonCsv(stream))
        {
            csv.Unreadable(7, "=cmd|' /C calc'!A0");
        }

        Encoding.UTF8.GetString(stream.ToArray()).Split('\n')[1].ShouldStartWith("unreadable,'=cmd");
    }
}
