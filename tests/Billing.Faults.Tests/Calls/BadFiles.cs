using System.IO.Compression;
using System.Text;

namespace Billing.Faults.Tests.Calls;

/// <summary>A file that is not what it should be, and what is said about it.</summary>
/// <param name="Reason">A pattern for the place and the reason on standard error.</param>
internal sealed record BadFile(string Name, byte[] Bytes, string Reason);

/// <summary>Files of call records that arrive damaged, cut, mistaken for others or in another encoding.</summary>
internal static class BadFiles
{
    private const int Huge = 20 * 1024 * 1024;

    private const string DamagedPack = "the gzip data is damaged or cut short";

    private static readonly string[] Rows = [.. MadeUp.Calls(2_000, seed: 11).Select(call => call.ToCsv())];

    private static readonly byte[] Good = Utf8($"{Call.Header}\n{string.Join('\n', Rows)}\n");

    private static readonly byte[] Packed = Pack(Good);

    /// <summary>Those of which nothing may be stored.</summary>
    public static IReadOnlyList<BadFile> Refused { get; } =
    [
        new("empty.csv", [], "line 1: the file is empty"),
        new("only-a-mark.csv", [0xEF, 0xBB, 0xBF], "line 1: the file is empty"),
        new("binary.csv", Noise(), "the file is not text: line [0-9]+ holds a NUL byte"),
        new("picture.png", [0x89, .. "PNG\r\n\u001a\n"u8, .. Noise()], "the file is not text: line [0-9]+ holds a NUL byte"),
        new("nul-at-the-end.csv", [.. Good, 0], "the file is not text: line 2002 holds a NUL byte"),
        new("utf-16.csv", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Call.Header + "\n" + Rows[0])], "the file is not text: line 1 holds a NUL byte"),
        new("utf-16-be.csv", Encoding.BigEndianUnicode.GetBytes(Call.Header + "\n" + Rows[0]), "the file is not text: line 1 holds a NUL byte"),
        new("shift-jis-header.csv", [.. Utf8(Call.Header + ","), 0x94, 0xF5, 0x8D, 0x6C, .. Utf8("\n" + Rows[0] + ",")], "line 1: the file is not UTF-8 text"),
        new("other-columns.csv", Utf8("a,b,c\n1,2,3\n"), "line 1: required column missing: source, record_id"),
        new("column-twice.csv", Utf8(Call.Header + ",kind\n"), "line 1: column 'kind' is named twice"),
        new("web-page.csv", Utf8("<!DOCTYPE html>\n<title>503</title>\n"), "line 1: required column missing"),
        new("huge-header.csv", Utf8(new string('x', Huge)), "line 1: required column missing"),
        new("cut.csv.gz", Packed[..(Packed.Length / 2)], DamagedPack),
        new("cut-after-5.csv.gz", Packed[..5], DamagedPack),
        new("cut-in-the-trailer.csv.gz", Packed[..^4], DamagedPack),
        new("wrong-crc.csv.gz", Flipped(Packed.Length - 6), DamagedPack),
        new("wrong-length.csv.gz", Flipped(Packed.Length - 2), DamagedPack),
        new("damaged.csv.gz", Flipped(Packed.Length / 2), DamagedPack),
        new("more-behind.csv.gz", [.. Packed, .. "more"u8], DamagedPack),
        new("packed-binary.csv.gz", Pack(Noise()), "the file is not text: line [0-9]+ holds a NUL byte"),
    ];

    /// <summary>Those that are taken in, with the rows that are rejected by reason; the other rows are good ones.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes, int Good, string? Reject)> TakenIn { get; } =
    [
        ("header-only.csv", Utf8(Call.Header), 0, null),
        ("cut-in-a-row.csv", Utf8($"{Call.Header}\n{Rows[0]}\n{Rows[1][..60]}"), 1, "bad-field-count"),
        ("huge-field.csv", Utf8($"{Call.Header}\n{Rows[2]}\n{Rows[3].Replace("05033", new string('0', Huge), StringComparison.Ordinal)}\n{Rows[4]}\n"), 2, "field-too-long"),
        ("shift-jis-value.csv", [.. Utf8($"{Call.Header},memo\n{Rows[5]},"), 0x93, 0x8C, 0x8B, 0x9E, .. Utf8($"\n{Rows[6]},memo\n")], 1, "not-utf8"),
        ("open-quote.csv", Utf8($"{Call.Header}\n\"{Rows[7]}\n{Rows[8]}\n"), 1, "bad-quote"),
        ("cut.ndjson", Utf8("{\"source\":\"sw-1\",\"recor"), 0, "bad-quote"),
    ];

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Noise()
    {
        var bytes = new byte[100_000];
        new Random(12).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
        {
            gzip.Write(bytes);
        }

        return packed.ToArray();
    }

    private static byte[] Flipped(int at)
    {
        var bytes = Packed.ToArray();
        bytes[at] ^= 0x55;
        return bytes;
    }
}
