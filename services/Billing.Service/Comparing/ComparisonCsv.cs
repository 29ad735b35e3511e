using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Billing.Contracts;
using NodaTime;

namespace Billing.Service.Comparing;

/// <summary>
/// The comparison as CSV, every row of it, called numbers masked; its SHA-256 is the digest of the comparison. Rows of their
/// file that are not compared stand in it as <c>unreadable</c> or <c>outside</c>.
/// </summary>
internal sealed class ComparisonCsv : IDisposable
{
    private const string Header =
        "class,reason,number,called,our_record,our_start,our_seconds,our_yen,their_line,their_id,their_start,their_seconds,their_yen,start_difference,seconds_difference,yen_difference";

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Stream _stream;

    /// <param name="stream">Where it goes; <see cref="Stream.Null"/> when only the digest is wanted.</param>
    public ComparisonCsv(Stream stream)
    {
        _stream = stream;
        Line(Header);
    }

    public void Unreadable(long line, string reason) =>
        Line(string.Create(CultureInfo.InvariantCulture, $"{ComparisonWords.Unreadable},{Csv.Field(reason)},,,,,,,{line},,,,,,,"));

    public void Outside(TheirCall call) => Write(
        ComparisonWords.Outside, null, call.Number, Usage.Masked.Number(call.Called), null,
        new ComparedCall(call.Id, call.Line, Instant.FromUnixTimeMilliseconds(call.StartMs), new Seconds(call.DurationMs), call.Amount));

    public void Row(ComparedRow row) => Write(row.Class, row.Reason, row.Number, row.Called, row.Ours, row.Theirs);

    /// <summary>The digest of all that was written.</summary>
    public string Digest() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    public void Dispose() => _hash.Dispose();

    private void Write(string kind, string? reason, string number, string called, ComparedCall? ours, ComparedCall? theirs)
    {
        var both = ours is not null && theirs is not null;
        Line(string.Join(
            ',',
            kind,
            Csv.Field(reason ?? ""),
            Csv.Field(number),
            Csv.Field(called),
            Csv.Field(ours?.Record ?? ""),
            Start(ours),
            ours?.Duration.ToString(),
            ours?.Amount?.ToString(),
            theirs?.Line?.ToString(CultureInfo.InvariantCulture),
            Csv.Field(theirs?.Record ?? ""),
            Start(theirs),
            theirs?.Duration.ToString(),
            theirs?.Amount?.ToString(),
            both ? Difference((theirs!.Start - ours!.Start).TotalMilliseconds) : "",
            both ? Difference(theirs!.Duration.Milliseconds - ours!.Duration.Milliseconds) : "",
            both && theirs!.Amount is { } amount ? (amount - ours!.Amount!.Value).ToString() : ""));
    }

    private void Line(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        _hash.AppendData(bytes);
        _stream.Write(bytes);
    }

    private static string Start(ComparedCall? call) => call is null ? "" : NodaTime.Text.InstantPattern.ExtendedIso.Format(call.Start);

    /// <summary>Milliseconds as signed seconds.</summary>
    private static string Difference(double ms) => ((decimal)ms / 1000).ToString(CultureInfo.InvariantCulture);
}
