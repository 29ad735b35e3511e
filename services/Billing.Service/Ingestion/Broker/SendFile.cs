using Billing.Formats.Containers;

namespace Billing.Service.Ingestion.Broker;

/// <summary>What became of a file that was sent.</summary>
/// <param name="Messages">How many the broker has confirmed.</param>
/// <param name="Rows">The rows in them; null when only a profile can tell them.</param>
internal sealed record SentFile(string File, int Messages, long? Rows);

/// <summary>
/// Sends a file of call records to a broker: cdr v1 in messages of so many rows, each with the header; the file of a switch whole, for only its profile
/// knows what its rows are. The same file gives the same messages, so sending it again changes nothing.
/// </summary>
internal sealed class SendFile(ICdrMessages messages)
{
    /// <param name="rows">How many rows a message has at most.</param>
    public async Task<SentFile> RunAsync(string path, int rows, CancellationToken cancel)
    {
        using var file = InputFile.Open(path);
        using var text = OpenText(file);
        var lines = new LineReader(text);
        lines.SkipByteOrderMark();
        var isCsv = lines.NextByte() != '{';
        var (name, sent, total) = (Path.GetFileName(path), 0, 0L);
        var header = isCsv && lines.TryRead(out var first) ? first.ToArray() : null;
        while (true)
        {
            using var body = new MemoryStream();
            var count = Fill(body, lines, header, rows);
            if (count == 0 && sent > 0)
            {
                return new SentFile(name, sent, total);
            }

            await messages.SendAsync(new CdrMessage(name, null, null, null), isCsv ? "text/csv" : "application/x-ndjson", body.GetBuffer().AsMemory(0, (int)body.Length), sent + 1, cancel);
            (sent, total) = (sent + 1, total + count);
            if (count < rows)
            {
                return new SentFile(name, sent, total);
            }
        }
    }

    /// <param name="profile">The name of a profile that the service knows.</param>
    /// <param name="source">The name of the switch, in place of the profile's.</param>
    public async Task<SentFile> RunWholeAsync(string path, string profile, string? source, CancellationToken cancel)
    {
        var message = new CdrMessage(Path.GetFileName(path), profile, source, null);
        await messages.SendAsync(message, "application/octet-stream", InputFile.ReadAll(path), 1, cancel);
        return new SentFile(message.File, 1, null);
    }

    /// <returns>How many rows there were.</returns>
    private static int Fill(MemoryStream body, LineReader lines, byte[]? header, int rows)
    {
        if (header is not null)
        {
            body.Write(header);
            body.WriteByte((byte)'\n');
        }

        var count = 0;
        for (; count < rows && lines.TryRead(out var line); count++)
        {
            if (lines.IsCut)
            {
                throw new InvalidDataException($"line {lines.LineNumber} is longer than {LineReader.LongestLine} bytes");
            }

            body.Write(line);
            body.WriteByte((byte)'\n');
        }

        return count;
    }

    private static Stream OpenText(FileStream file)
    {
        Span<byte> magic = stackalloc byte[GzipText.MagicLength];
        var isGzip = GzipText.IsBegunBy(magic[..file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false)]);
        file.Position = 0;
        return isGzip ? new GzipText(file) : file;
    }
}
