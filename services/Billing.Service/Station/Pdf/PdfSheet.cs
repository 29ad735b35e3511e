using PdfSharp.Drawing;
using PdfSharp.Pdf;

namespace Billing.Service.Station.Pdf;

/// <summary>How a column of a table is set.</summary>
/// <param name="Width">In points.</param>
internal readonly record struct PdfColumn(double Width, bool IsRight = false);

/// <summary>
/// A4 pages filled from the top: text, rows, rules. A new page begins when the old one is full. What it writes depends on nothing but what
/// it is told, so the same document gives the same bytes.
/// </summary>
internal sealed class PdfSheet : IDisposable
{
    private const double Margin = 48;
    private const double Bottom = 790;

    private readonly PdfDocument _document = new();
    private readonly List<PdfPage> _pages = [];
    private readonly PdfStamp _stamp;
    private readonly string _running;
    private XGraphics _page = null!;

    /// <param name="running">Stands at the foot of every page, beside its number.</param>
    /// <param name="stamp">What stands for the time at which it was made.</param>
    public PdfSheet(string title, string running, PdfStamp stamp)
    {
        _running = running;
        _stamp = stamp;
        _document.Info.Title = title;
        _document.Info.Creator = "Billing Station";
        NewPage();
    }

    /// <summary>Between the margins, in points.</summary>
    public static double Width => 595 - (2 * Margin);

    /// <summary>How far down the next thing stands.</summary>
    public double Y { get; set; }

    public static XFont Plain(double size) => new(PdfFonts.Family, size, XFontStyleEx.Regular);

    public static XFont Bold(double size) => new(PdfFonts.Family, size, XFontStyleEx.Bold);

    public void Text(string text, XFont font, double x = 0, double? width = null, bool isRight = false)
    {
        foreach (var line in Broken(text, font, width ?? (Width - x)))
        {
            var at = isRight ? Margin + x + (width ?? (Width - x)) - _page.MeasureString(line, font).Width : Margin + x;
            _page.DrawString(line, font, XBrushes.Black, at, Y + font.Size);
            Y += font.Size * 1.45;
        }
    }

    /// <summary>A row of a table; it is never broken over two pages.</summary>
    public void Row(IReadOnlyList<PdfColumn> columns, IReadOnlyList<string> cells, XFont font, Action? onNewPage = null)
    {
        var broken = cells.Select((cell, i) => Broken(cell, font, columns[i].Width - 6)).ToList();
        var height = (broken.Max(lines => lines.Count) * font.Size * 1.35) + 4;
        if (Room(height))
        {
            onNewPage?.Invoke();
        }

        var x = 0.0;
        for (var i = 0; i < cells.Count; i++)
        {
            for (var line = 0; line < broken[i].Count; line++)
            {
                var text = broken[i][line];
                var at = columns[i].IsRight ? x + columns[i].Width - 3 - _page.MeasureString(text, font).Width : x + 3;
                _page.DrawString(text, font, XBrushes.Black, Margin + at, Y + 2 + font.Size + (line * font.Size * 1.35));
            }

            x += columns[i].Width;
        }

        Y += height;
        _page.DrawLine(new XPen(XColor.FromGrayScale(0.8), 0.5), Margin, Y, Margin + Width, Y);
    }

    public void Rule(double width = 1)
    {
        _page.DrawLine(new XPen(XColors.Black, width), Margin, Y, Margin + Width, Y);
        Y += 4;
    }

    public void Frame(double height) => _page.DrawRectangle(new XPen(XColors.Black, 1.2), Margin, Y, Width, height);

    /// <summary>Makes room for so many points, on a new page when this one is full.</summary>
    /// <returns>True when a new page was begun.</returns>
    public bool Room(double height)
    {
        if (Y + height <= Bottom)
        {
            return false;
        }

        NewPage();
        return true;
    }

    /// <param name="numbering">Says which page of how many it is: <c>{0} / {1}</c>.</param>
    public byte[] Save(string numbering)
    {
        _page.Dispose();
        var font = Plain(8);
        for (var i = 0; i < _pages.Count; i++)
        {
            using var foot = XGraphics.FromPdfPage(_pages[i]);
            var number = string.Format(System.Globalization.CultureInfo.InvariantCulture, numbering, i + 1, _pages.Count);
            foot.DrawString(_running, font, XBrushes.Black, Margin, 818);
            foot.DrawString(number, font, XBrushes.Black, Margin + Width - foot.MeasureString(number, font).Width, 818);
        }

        using var bytes = new MemoryStream();
        _document.Save(bytes, closeStream: false);
        return _stamp.Fix(bytes.ToArray());
    }

    public void Dispose() => _document.Dispose();

    private void NewPage()
    {
        _page?.Dispose();
        var page = _document.AddPage();
        page.Size = PdfSharp.PageSize.A4;
        _pages.Add(page);
        _page = XGraphics.FromPdfPage(page);
        Y = 44;
    }

    /// <summary>Breaks a text into lines of a width: Japanese between any two characters, Latin at spaces where there are some.</summary>
    private List<string> Broken(string text, XFont font, double width)
    {
        var lines = new List<string>();
        foreach (var paragraph in text.Split('\n'))
        {
            var rest = paragraph;
            while (rest.Length > 1 && _page.MeasureString(rest, font).Width > width)
            {
                var cut = Fitting(rest, font, width);
                lines.Add(rest[..cut].TrimEnd());
                rest = rest[cut..].TrimStart();
            }

            lines.Add(rest);
        }

        return lines;
    }

    private int Fitting(string text, XFont font, double width)
    {
        var (low, high) = (1, text.Length);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _page.MeasureString(text[..middle], font).Width <= width ? (middle, high) : (low, middle - 1);
        }

        if (char.IsHighSurrogate(text[low - 1]) && low > 1)
        {
            low--;
        }

        var space = text.LastIndexOf(' ', low - 1);
        return space > low / 2 ? space + 1 : low;
    }
}
