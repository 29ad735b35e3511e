using System.IO.Compression;
using System.Text.Json;
using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>How records are delivered decides nothing: in one file or many, in any order, once or often, in either format.</summary>
[Trait("Category", "Faults")]
public sealed class DeliveryOrderTests(DeliveryOrderTests.OneFile one) : IClassFixture<DeliveryOrderTests.OneFile>
{
    private static readonly int Count = Size.Of(3_000, 200_000);

    private readonly WorkFolder _folder = one.Folder;
    private readonly List<Call> _calls = one.Calls;

    [Fact]
    public async Task Ten_files_are_one_file()
    {
        var files = _calls.Chunk(Count / 10).Select((part, index) => Csv($"part-{index}.csv", part)).ToArray();

        await DeliveredAsync(duplicates: 0, files);
    }

    [Fact]
    public async Task Order_does_not_matter()
    {
        var shuffled = _calls.ToArray();
        new Random(6).Shuffle(shuffled);
        var files = shuffled.Chunk(Count / 4).Select((part, index) => Csv($"shuffled-{index}.csv", part)).ToArray();

        await DeliveredAsync(duplicates: 0, files);
    }

    [Fact]
    public async Task Pain02_records_that_come_again_in_other_files_and_formats_change_nothing()
    {
        var half = Count / 2;
        string[] files =
        [
            Lines("lines.ndjson", _calls[..half]),
            Packed("overlap.csv.gz", _calls[(half / 2)..]),
            Csv("reversed.csv", _calls.AsEnumerable().Reverse()),
            Csv("twice.csv", _calls.Concat(_calls)),
        ];

        await DeliveredAsync(duplicates: half + (Count - (half / 2)) + (3 * Count) - Count, files);
    }

    private async Task DeliveredAsync(long duplicates, string[] files)
    {
        await using var database = await DatabaseServer.Shared.CreateAsync();
        var all = Receipt.Sum(await database.IngestAsync(files));
        (all.Stored, all.Duplicate).ShouldBe((Count, duplicates));
        (await Contents.OfAsync(database)).ShouldBe(one.Expected);
        await database.ShouldBeSoundAsync();
    }

    private string Csv(string name, IEnumerable<Call> calls)
    {
        MadeUp.Write(_folder.At(name), calls);
        return _folder.At(name);
    }

    private string Packed(string name, IEnumerable<Call> calls)
    {
        using var plain = File.OpenRead(Csv(name + ".plain", calls));
        using var packed = new GZipStream(File.Create(_folder.At(name)), CompressionLevel.Fastest);
        plain.CopyTo(packed);
        return _folder.At(name);
    }

    private string Lines(string name, IEnumerable<Call> calls)
    {
        using var file = new StreamWriter(_folder.At(name)) { NewLine = "\n" };
        foreach (var fields in calls.Select(call => call.ToCsv().Split(',')))
        {
            file.WriteLine(JsonSerializer.Serialize(new
            {
                endedAt = fields[8],
                answeredAt = fields[7].Length == 0 ? null : fields[7],
                startedAt = fields[6],
                calledNumber = fields[5],
                callingNumber = fields[4],
                mode = fields[3],
                kind = fields[2],
                recordId = fields[1],
                source = fields[0],
                endCause = "normal",
            }));
        }

        return _folder.At(name);
    }

    /// <summary>All records in one file, and what a database holds of them.</summary>
    public sealed class OneFile : IAsyncLifetime
    {
        internal WorkFolder Folder { get; } = new();

        internal List<Call> Calls { get; } = [.. MadeUp.Calls(Count, seed: 5)];

        internal Contents Expected { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            MadeUp.Write(Folder.At("all.csv"), Calls);
            await using var database = await DatabaseServer.Shared.CreateAsync();
            (await database.IngestAsync(Folder.At("all.csv"))).Single().Stored.ShouldBe(Count);
            Expected = await Contents.OfAsync(database);
        }

        public Task DisposeAsync()
        {
            Folder.Dispose();
            return Task.CompletedTask;
        }
    }
}
