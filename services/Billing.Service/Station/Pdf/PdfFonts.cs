using PdfSharp.Fonts;

namespace Billing.Service.Station.Pdf;

/// <summary>
/// The Japanese font of the documents, embedded in part: BIZ UDPGothic (SIL Open Font License), from the system's package or from the
/// file that <c>BILLING_PDF_FONT</c> names. It is looked for when the first document is made.
/// </summary>
internal sealed class PdfFonts : IFontResolver
{
    public const string Family = "station";

    private static readonly string[] Regular =
    [
        "/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Regular.ttf", "/usr/share/fonts/truetype/ipaexfont-gothic/ipaexg.ttf", "/usr/share/fonts/opentype/ipaexfont-gothic/ipaexg.ttf",
    ];

    private static readonly string[] Bold = ["/usr/share/fonts/truetype/bizud-gothic/BIZUDPGothic-Bold.ttf"];

    private static readonly Lazy<PdfFonts?> Found = new(Find);

    private readonly byte[] _regular;
    private readonly byte[] _bold;

    private PdfFonts(byte[] regular, byte[] bold) => (_regular, _bold) = (regular, bold);

    /// <summary>False when there is no such font: then no document can be made.</summary>
    public static bool AreThere => Found.Value is not null;

    public FontResolverInfo? ResolveTypeface(string familyName, bool bold, bool italic) => new(bold ? "bold" : "regular");

    public byte[]? GetFont(string faceName) => faceName == "bold" ? _bold : _regular;

    private static PdfFonts? Find()
    {
        var regular = Read([Environment.GetEnvironmentVariable("BILLING_PDF_FONT") ?? "", .. OfCheckout("Regular"), .. Regular]);
        if (regular is null)
        {
            return null;
        }

        var fonts = new PdfFonts(regular, Read([.. OfCheckout("Bold"), .. Bold]) ?? regular);
        GlobalFontSettings.FontResolver = fonts;
        return fonts;
    }

    private static byte[]? Read(IEnumerable<string> paths) => paths.FirstOrDefault(File.Exists) is { } path ? File.ReadAllBytes(path) : null;

    /// <summary>Where the checkout's set-up script puts the font when the system has no package of it: <c>.local/fonts</c> above the program.</summary>
    private static IEnumerable<string> OfCheckout(string weight)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            yield return Path.Combine(folder.FullName, ".local", "fonts", $"BIZUDPGothic-{weight}.ttf");
        }
    }
}
