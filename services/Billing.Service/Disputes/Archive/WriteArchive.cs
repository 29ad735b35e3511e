using System.IO.Compression;

namespace Billing.Service.Disputes.Archive;

/// <summary>Puts files into one zip with a cover page and a manifest. The same files give the same bytes: in order, stored as they are, of one date.</summary>
internal static class WriteArchive
{
    /// <summary>The earliest date that a zip can carry: what is in it says when it happened.</summary>
    private static readonly DateTimeOffset NoDate = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] ToBytes(DisputeCase dispute, IEnumerable<ArchiveFile> exhibits)
    {
        var files = exhibits.OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        files.Insert(0, CoverPage.Of(dispute, files));
        files.Add(ArchiveFile.Json("manifest.json", new ArchiveManifest(dispute.Dispute.Id, [.. files.Select(file => new ManifestEntry(file.Name, file.Content.Length, file.Sha256))])));
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in files)
            {
                var entry = zip.CreateEntry(file.Name, CompressionLevel.NoCompression);
                entry.LastWriteTime = NoDate;
                using var content = entry.Open();
                content.Write(file.Content);
            }
        }

        return bytes.ToArray();
    }
}

/// <summary>What the archive of a dispute holds.</summary>
public sealed record ArchiveManifest(string Dispute, IReadOnlyList<ManifestEntry> Files);

public sealed record ManifestEntry(string Name, long Bytes, string Sha256);
