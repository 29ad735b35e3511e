using System.Globalization;

namespace Billing.Bench;

/// <summary>A Markdown table.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(TextWriter text)
    {
        Write(text, columns);
        Write(text, [.. columns.Select(_ => "---")]);
        foreach (var row in _rows)
        {
            Write(text, row);
        }

        text.WriteLine();
    }

    /// <summary>A number of things to three significant digits.</summary>
    public static string Count(double value)
    {
        var scale = value < 1000 ? 1 : Math.Pow(10, Math.Floor(Math.Log10(value)) - 2);
        return (Math.Round(value / scale) * scale).ToString("N0", CultureInfo.InvariantCulture);
    }

    private static void Write(TextWriter text, string[] cells) => text.WriteLine($"| {string.Join(" | ", cells)} |");
}
