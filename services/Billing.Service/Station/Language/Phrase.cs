namespace Billing.Service.Station.Language;

/// <summary>A piece of text on the pages, in every language that they speak.</summary>
public sealed record Phrase(string Ja, string En)
{
    /// <summary>The text in a language, <c>ja</c> or <c>en</c>.</summary>
    public string In(string language) => language == "ja" ? Ja : En;
}
