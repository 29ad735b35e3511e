using System.Net;
using System.Text;
using Microsoft.Playwright;
using UglyToad.PdfPig;

namespace Billing.Browser.Tests;

/// <summary>Documents that are kept: what they say, and that the same document is the same bytes.</summary>
[Collection(StationTests.Name)]
public sealed class DocumentTests(Station station)
{
    [Theory]
    [InlineData("ja")]
    [InlineData("en")]
    public async Task The_invoice_as_PDF_says_the_six_items_and_comes_out_the_same_twice(string language)
    {
        var first = await GetAsync($"/station/invoices/{Station.Invoice}/pdf", language);
        var second = await GetAsync($"/station/invoices/{Station.Invoice}/pdf", language);
        first.ShouldBe(second);

        var text = TextOf(first);
        string[] items = language == "ja"
            ? ["サンプル通信株式会社", "T8999900000001", "2026年10月1日–2026年10月31日", "国際電話", "10%", "2,902円", "38,385円", "株式会社サンプル商事御中", "1/2ページ"]
            : ["サンプル通信株式会社", "T8999900000001", "1October2026–31October2026", "International", "10%", "¥2,902", "¥38,385", "To株式会社サンプル商事", "Page1of2"];
        items.ShouldAllBe(item => text.Contains(item), text);
    }

    [Fact]
    public async Task The_invoice_with_calls_lists_every_call_with_the_called_number_masked()
    {
        var pdf = await GetAsync($"/station/invoices/{Station.Invoice}/pdf?calls=1", "ja");
        pdf.ShouldBe(await GetAsync($"/station/invoices/{Station.Invoice}/pdf?calls=1", "ja"));
        var text = TextOf(pdf);
        text.ShouldContain("****");
        text.Split("****").Length.ShouldBeGreaterThan(500);
        using var document = PdfDocument.Open(pdf);
        document.NumberOfPages.ShouldBeGreaterThan(10);
        await File.WriteAllBytesAsync(Path.Combine(Checkout.Screenshots, "invoice-with-calls.pdf"), pdf);
    }

    [Fact]
    public async Task The_invoice_as_CSV_has_a_row_a_line()
    {
        var text = Encoding.UTF8.GetString(await GetAsync($"/station/invoices/{Station.Invoice}/csv", "ja"));
        text.ShouldStartWith("line,section,code,detail,month,quantity,seconds,amount,tax_category,rate\r\n1,monthly,base-fee,05033010001,2026-10,1,,500,S,\r\n");
    }

    private async Task<byte[]> GetAsync(string path, string language)
    {
        var page = await station.OpenAsync("customer", language);
        var answer = await page.Context.APIRequest.GetAsync(path, new() { Headers = [new("Accept-Language", language)] });
        answer.Status.ShouldBe((int)HttpStatusCode.OK);
        var body = await answer.BodyAsync();
        await page.Context.CloseAsync();
        return body;
    }

    /// <summary>The text without spaces: where a line is set apart is not what is asked.</summary>
    private static string TextOf(byte[] pdf)
    {
        using var document = PdfDocument.Open(pdf);
        return string.Concat(document.GetPages().SelectMany(page => page.Letters).Select(letter => letter.Value)).Replace(" ", "", StringComparison.Ordinal);
    }
}
