using Billing.Formats;
using Billing.Formats.Containers;
using Billing.Formats.Joining;
using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>Where each row of a file goes, and of what is made with halves of earlier files, which halves those are.</summary>
internal sealed class FileRoutes
{
    private const int BlockRows = 1 << 20;

    private readonly List<byte[]> _blocks = [];

    /// <summary>Rows so far.</summary>
    public long Count { get; private set; }

    /// <summary>The halves of earlier files that the file completes.</summary>
    public List<(Guid Half, bool IsJoined, long Line)> Resolved { get; } = [];

    /// <summary>Parts that became a call with others of the file.</summary>
    public List<CallHalf> Made { get; } = [];

    public byte this[long row] => _blocks[(int)(row / BlockRows)][(int)(row % BlockRows)];

    public void Add(ReadOnlySpan<byte> shards)
    {
        foreach (var shard in shards)
        {
            if (Count % BlockRows == 0)
            {
                _blocks.Add(new byte[BlockRows]);
            }

            _blocks[^1][Count++ % BlockRows] = shard;
        }
    }

    /// <summary>How many rows go to a shard.</summary>
    public long CountOf(byte shard) =>
        _blocks.Select((block, no) => (long)block.AsSpan(0, (int)Math.Min(BlockRows, Count - ((long)no * BlockRows))).Count(shard)).Sum();

    /// <summary>A line that is nothing at all is no row; what reads a file passes it over as well.</summary>
    public static bool IsRow(ReadOnlySpan<byte> line, ProfiledRow? row) => !line.IsEmpty || row is not null;
}

/// <summary>The rows of a file that go to one shard. They keep the numbers of their lines.</summary>
internal sealed class FilePart(FileRoutes routes, ContractPlaces places, byte shard, IReadOnlyList<NpgsqlDataSource> others)
{
    /// <summary>Halves of calls are kept in the main database, whichever shard the whole call goes to.</summary>
    public bool KeepsHalves => shard == 0;

    /// <summary>The databases of the other shards.</summary>
    public IReadOnlyList<NpgsqlDataSource> Others => others;

    /// <summary>
    /// A row may go to a shard because of an earlier record of its identity, while its contract is in another; a contract that became known while the file was taken in
    /// may get its place anywhere.
    /// </summary>
    public bool IsElsewhere(string contract) => places.Find(contract) != shard;

    public ICdrLines Of(ICdrLines lines) => new Lines(lines, routes, shard);

    private sealed class Lines(ICdrLines lines, FileRoutes routes, byte shard) : ICdrLines
    {
        private long _row;

        public long LineNumber => lines.LineNumber;

        public bool IsCut => lines.IsCut;

        public long Position => lines.Position;

        public ProfiledRow? Row => lines.Row;

        public bool TryRead(out ReadOnlySpan<byte> line)
        {
            while (lines.TryRead(out line))
            {
                if (FileRoutes.IsRow(line, lines.Row) && (_row < routes.Count ? routes[_row++] : throw new IOException("the file was changed while it was read")) == shard)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
