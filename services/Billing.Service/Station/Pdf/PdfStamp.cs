using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Billing.Rating;
using NodaTime;

namespace Billing.Service.Station.Pdf;

/// <summary>
/// Makes the bytes of a document depend on its content alone: dates, ids and the tags of embedded fonts, which the library takes from the clock
/// and at random, follow from the document's number and instant. All of them keep their length, so no offset in the file moves.
/// </summary>
internal sealed partial class PdfStamp(string number, Instant at)
{
    private readonly byte[] _seed = SHA256.HashData(Encoding.UTF8.GetBytes(number));

    public byte[] Fix(byte[] pdf)
    {
        // Latin-1 keeps every byte as it is
        var text = Encoding.Latin1.GetString(pdf);
        var date = Tokyo.At(at).ToString("uuuuMMddHHmmss", CultureInfo.InvariantCulture);
        var iso = Tokyo.At(at).ToString("uuuu-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);
        var id = Convert.ToHexString(_seed)[..32];
        text = Dates().Replace(text, match => $"/{match.Groups[1].Value}{match.Groups[2].Value}(D:{date}+09'00')".PadRight(match.Length, ' '));
        text = Ids().Replace(text, match => Padded($"/ID{match.Groups[1].Value}[<{id}><{id}>]", match));
        text = XmpDates().Replace(text, match => Padded($"<xmp:{match.Groups[1].Value}>{iso}+09:00</xmp:{match.Groups[1].Value}>", match));
        text = XmpIds().Replace(text, match => $"uuid:{Guid.ParseExact(id, "N"):D}");
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        text = Tags().Replace(text, match => "/" + Tag(tags, match.Groups[1].Value) + "+");
        return Encoding.Latin1.GetBytes(text);
    }

    private static string Padded(string text, Match match) =>
        text.Length <= match.Length ? text.PadRight(match.Length) : throw new InvalidOperationException("A document's id has another form than this version of the library writes.");

    private string Tag(Dictionary<string, string> tags, string random)
    {
        if (!tags.TryGetValue(random, out var tag))
        {
            tag = string.Create(6, (_seed, tags.Count), static (letters, state) =>
            {
                for (var i = 0; i < letters.Length; i++)
                {
                    letters[i] = (char)('A' + ((state._seed[i] + state.Count) % 26));
                }
            });
            tags.Add(random, tag);
        }

        return tag;
    }

    [GeneratedRegex(@"/(CreationDate|ModDate)(\s*)\(D:[0-9]{14}[^)]*\)")]
    private static partial Regex Dates();

    [GeneratedRegex(@"/ID(\s*)\[\s*(?:<[0-9A-Fa-f]{32}>|\((?:\\.|[^\\)])*\))\s*(?:<[0-9A-Fa-f]{32}>|\((?:\\.|[^\\)])*\))\s*\]")]
    private static partial Regex Ids();

    [GeneratedRegex(@"<xmp:(CreateDate|ModifyDate|MetadataDate)>[^<]*</xmp:\1>")]
    private static partial Regex XmpDates();

    [GeneratedRegex("uuid:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")]
    private static partial Regex XmpIds();

    [GeneratedRegex(@"/([A-Z]{6})\+")]
    private static partial Regex Tags();
}
