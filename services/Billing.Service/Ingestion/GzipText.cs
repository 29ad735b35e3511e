using System.IO.Compression;

namespace Billing.Service.Ingestion;

/// <summary>
/// Decompresses gzip and notices when it was cut short, which the framework's stream takes for a regular end: a known member
/// is put behind the file, and unless it comes out behind everything else, the file did not end where it should.
/// </summary>
internal sealed class GzipText : Stream
{
    private static readonly byte[] Mark = [.. "end of call records "u8, 0xD1, 0x4C, 0x93, 0x7A, 0x06, 0xE8, 0x5B, 0xB2, 0x39, 0xC7, 0x1E, 0xF0];
    private static readonly byte[] MarkMember = Compress(Mark);

    /// <summary>So much a file may always hold; beyond it, text that is packed more than <see cref="MostRatio"/> times is no text of call records.</summary>
    private const long FreeBytes = 256L << 20;

    private const int MostRatio = 200;

    /// <summary>The bytes of a file's beginning that tell whether it is gzip.</summary>
    public const int MagicLength = 2;

    private readonly GZipStream _inner;
    private readonly Followed _packed;
    private long _unpacked;
    private readonly byte[] _held = new byte[Mark.Length];
    private byte[] _room = [];
    private int _heldLength;
    private bool _ended;

    public GzipText(Stream raw)
    {
        _packed = new Followed(raw, MarkMember);
        _inner = new GZipStream(_packed, CompressionMode.Decompress);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>True when a file that begins so is gzip.</summary>
    /// <param name="magic">Its first <see cref="MagicLength"/> bytes; fewer when it has no more.</param>
    public static bool IsBegunBy(ReadOnlySpan<byte> magic) => magic is [0x1F, 0x8B];

    /// <exception cref="InvalidDataException">The data is damaged or cut short.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        // the last bytes are held back until it is clear that they are not the mark
        if (_room.Length < buffer.Length + Mark.Length)
        {
            _room = new byte[buffer.Length + Mark.Length];
        }

        var room = _room;
        _held.AsSpan(0, _heldLength).CopyTo(room);
        var length = _heldLength;
        while (length <= Mark.Length)
        {
            var read = Decompress(room, length, buffer.Length + Mark.Length - length);
            if (read == 0)
            {
                _ended = true;
                return room.AsSpan(0, length).SequenceEqual(Mark)
                    ? 0
                    : throw Damaged();
            }

            length += read;
        }

        _heldLength = Mark.Length;
        room.AsSpan(length - Mark.Length, Mark.Length).CopyTo(_held);
        room.AsSpan(0, length - Mark.Length).CopyTo(buffer);
        return length - Mark.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

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
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Decompress(byte[] room, int start, int length)
    {
        int read;
        try
        {
            read = _inner.Read(room, start, length);
        }
        catch (InvalidDataException)
        {
            throw Damaged();
        }

        _unpacked += read;
        return _unpacked > FreeBytes && _unpacked / MostRatio > _packed.Taken
            ? throw new InvalidDataException($"the gzip data unpacks to more than {MostRatio} times its size")
            : read;
    }

    private static InvalidDataException Damaged() => new("the gzip data is damaged or cut short");

    private static byte[] Compress(byte[] bytes)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return buffer.ToArray();
    }

    /// <summary>A stream with a few bytes behind its end. The stream stays open.</summary>
    private sealed class Followed(Stream first, byte[] then) : Stream
    {
        private int _position = -1;

        /// <summary>Bytes of the file read so far.</summary>
        public long Taken { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            if (_position < 0)
            {
                var read = first.Read(buffer);
                if (read > 0)
                {
                    Taken += read;
                    return read;
                }

                _position = 0;
            }

            var count = Math.Min(buffer.Length, then.Length - _position);
            then.AsSpan(_position, count).CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
