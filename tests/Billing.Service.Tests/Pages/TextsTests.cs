using System.Reflection;
using System.Text.RegularExpressions;
using Billing.Contracts;
using Billing.Service.Access;
using Billing.Service.Station.Auditor;
using Billing.Service.Station.Finance;
using Billing.Service.Station.Language;
using Microsoft.AspNetCore.Http;

namespace Billing.Service.Tests.Pages;

/// <summary>The words of the pages.</summary>
public sealed partial class TextsTests
{
    public static TheoryData<string> Keys => [.. Fields.Select(text => text.Name)];

    private static IEnumerable<FieldInfo> Fields => typeof(Texts).GetFields(BindingFlags.Public | BindingFlags.Static).Where(text => text.FieldType == typeof(Phrase));

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_text_is_there_in_both_languages_with_the_same_places_for_values(string key)
    {
        var phrase = (Phrase)typeof(Texts).GetField(key)!.GetValue(null)!;
        phrase.Ja.ShouldNotBeNullOrWhiteSpace();
        phrase.En.ShouldNotBeNullOrWhiteSpace();
        Japanese().IsMatch(phrase.Ja).ShouldBeTrue(phrase.Ja);
        phrase.En.All(c => c < 0x2fff).ShouldBeTrue(phrase.En);
        Places(phrase.Ja).ShouldBe(Places(phrase.En));
    }

    [Fact]
    public void Every_class_and_every_reason_of_suspense_has_a_name()
    {
        foreach (var code in Enum.GetValues<CallClass>().Where(value => value != CallClass.None).Select(Words.Of))
        {
            Japanese().IsMatch(DomainTexts.Class(code).Ja + DomainTexts.Class(code).En).ShouldBeTrue(code);
            DomainTexts.Class(code).En.ShouldNotBe(code);
        }

        foreach (var code in Enum.GetValues<SuspenseReason>().Where(value => value != SuspenseReason.None).Select(Words.Of))
        {
            FinanceNames.Suspense(code).En.ShouldNotBe(code);
        }
    }

    [Fact]
    public void Every_kind_of_the_access_log_has_a_name() => AccessKinds.All.ShouldAllBe(kind => AuditNames.Kind(kind).En != kind && Japanese().IsMatch(AuditNames.Kind(kind).Ja));

    [Theory]
    [InlineData(null, null, "ja")]
    [InlineData(null, "en-GB,ja;q=0.5", "en")]
    [InlineData(null, "fr,ja;q=0.8,en;q=0.5", "ja")]
    [InlineData("en", "ja", "en")]
    [InlineData("xx", "ja", "ja")]
    public void The_language_is_the_one_chosen_else_the_first_that_the_browser_asks_for(string? cookie, string? asked, string expected)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.AcceptLanguage = asked;
        if (cookie is not null)
        {
            http.Request.Headers.Cookie = $"{PageLanguage.Cookie}={cookie}";
        }

        PageLanguage.Of(http).Code.ShouldBe(expected);
    }

    [Fact]
    public void Amounts_are_written_as_each_language_does()
    {
        new PageLanguage("ja").Yen(Yen.Parse("12345")).ShouldBe("12,345円");
        new PageLanguage("en").Yen(Yen.Parse("12345")).ShouldBe("¥12,345");
        new PageLanguage("en").Yen(Yen.Parse("-10.4")).ShouldBe("-¥10.4");
    }

    private static string Places(string text) => string.Join(' ', PlacePattern().Matches(text).Select(match => match.Value).Distinct().Order());

    [GeneratedRegex(@"\{[0-9]\}")]
    private static partial Regex PlacePattern();

    [GeneratedRegex(@"[\u3040-\u30ff\u4e00-\u9fff]")]
    private static partial Regex Japanese();
}
