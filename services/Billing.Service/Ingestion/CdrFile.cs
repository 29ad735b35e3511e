using System.Security.Cryptography;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Formats.Containers;
using Billing.Formats.Joining;
using Billing.Rating.Records;

namespace Billing.Service.Ingestion;

/// <summary>
/// A file of call records, read line by line in bounded memory: plain or gzip, CSV or JSON lines of cdr v1, or what a profile makes
/// cdr v1 of. Knows the file by the SHA-256 of its bytes as given.
/// </summary>
public sealed class CdrFile : IDisposable
{
    private readonly HashingStream _raw;
    private readonly Stream _text;

    private readonly ProfileReader? _reader;

    private CdrFile(string name, HashingStream raw, Stream text, ICdrLines lines, CdrParser parser, ProfileReader? reader)
    {
        Name = name;
        _raw = raw;
        _text = text;
        Lines = lines;
        Parser = parser;
        _reader = reader;
    }

    /// <summary>The file's name without its folder.</summary>
    public string Name { get; }

    /// <summary>The lines after the header.</summary>
    public ICdrLines Lines { get; }

    public CdrParser Parser { get; }

    /// <summary>Bytes of the file read so far, before decompression.</summary>
    public long BytesRead => _raw.BytesRead;

    /// <summary>Opens a file, or says why it is refused whole. Takes the stream over.</summary>
    /// <param name="profile">What makes cdr v1 of the file; null when it is cdr v1.</param>
    /// <param name="earlier">The halves of calls that came with earlier files.</param>
    /// <param name="seen">Told every row as the profile finds it.</param>
    public static (CdrFile? File, DocumentFault? Fault) Open(Stream stream, string path, Profile? profile = null, EarlierHalves? earlier = null, Action<SourceRow>? seen = null)
    {
        var name = Path.GetFileName(path);
        var raw = new HashingStream(stream);
        try
        {
            Span<byte> magic = stackalloc byte[GzipText.MagicLength];
            Stream text = GzipText.IsBegunBy(magic[..raw.Peek(magic)]) ? new GzipText(raw) : raw;
            var (file, fault) = profile is null ? OpenCdr(name, raw, text) : OpenProfiled(name, raw, text, profile, earlier ?? EarlierHalves.None, seen);
            if (file is not null)
            {
                return (file, null);
            }

            raw.Dispose();
            return (null, fault);
        }
        catch (InvalidDataException damage)
        {
            raw.Dispose();
            return (null, new DocumentFault("content", damage.Message));
        }
    }

    /// <summary>The SHA-256 of all bytes, in lower-case hexadecimal; reads what is left of the file.</summary>
    public string FinishSha256() => _raw.Finish();

    public void Dispose()
    {
        _reader?.Dispose();
        _text.Dispose();
        _raw.Dispose();
    }

    private static (CdrFile? File, DocumentFault? Fault) OpenCdr(string name, HashingStream raw, Stream text)
    {
        var lines = new LineReader(text);
        var (parser, fault) = OpenParser(lines);
        return parser is null ? (null, fault) : (new CdrFile(name, raw, text, lines, parser, null), null);
    }

    private static (CdrFile? File, DocumentFault? Fault) OpenProfiled(string name, HashingStream raw, Stream text, Profile profile, EarlierHalves earlier, Action<SourceRow>? seen)
    {
        var (reader, fault) = ProfileReader.Open(profile, text, earlier, seen);
        return reader is null ? (null, fault) : (new CdrFile(name, raw, text, ProfiledLines.Of(reader), CdrLine.NewParser(), reader), null);
    }

    private static (CdrParser? Parser, DocumentFault? Fault) OpenParser(LineReader lines)
    {
        lines.SkipByteOrderMark();
        if (lines.NextByte() == '{')
        {
            return (CdrParser.ForJsonLines(), null);
        }

        if (!lines.TryRead(out var header))
        {
            return (null, new DocumentFault("line 1", "the file is empty: no header row"));
        }

        return CdrParser.ForCsv(header);
    }

    /// <summary>Hashes and counts the bytes that are read through it.</summary>
    private sealed class HashingStream(Stream inner) : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private byte[] _peeked = [];

        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => BytesRead; set => throw new NotSupportedException(); }

        /// <summary>The first bytes, which are read again later.</summary>
        public int Peek(Span<byte> bytes)
        {
            _peeked = new byte[bytes.Length];
            var read = inner.ReadAtLeast(_peeked, _peeked.Length, throwOnEndOfStream: false);
            _peeked = _peeked[..read];
            _peeked.CopyTo(bytes);
            return read;
        }

        public override int Read(Span<byte> buffer)
        {
            int read;
            if (_peeked.Length > 0)
            {
                read = Math.Min(buffer.Length, _peeked.Length);
                _peeked.AsSpan(0, read).CopyTo(buffer);
                _peeked = _peeked[read..];
            }
            else
            {
                read = inner.Read(buffer);
            }

            _hash.AppendData(buffer[..read]);
            BytesRead += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public string Finish()
        {
            Span<byte> rest = new byte[65536];
            while (Read(rest) > 0)
            {
            }

            return Convert.ToHexStringLower(_hash.GetCurrentHash());
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _hash.Dispose();
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
