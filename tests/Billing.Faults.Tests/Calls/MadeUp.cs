using System.Text.Json;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests.Calls;

/// <summary>
/// Made-up calls of October 2026, the same for the same seed: most are rated, some unanswered, some from a number that no
/// contract holds.
/// </summary>
internal static class MadeUp
{
    /// <summary>More than a few transactions' worth of invoices.</summary>
    public static readonly int Contracts = Size.Of(1_200, 10_000);

    private const int Strangers = 100;

    private static readonly DateTime MonthBegin = new(2026, 10, 1, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>The number of a contract of <see cref="ContractsDocument"/>; beyond the last one nobody holds it.</summary>
    public static string NumberOf(int contract) => $"050{33000000 + contract:D8}";

    public static string IdOf(int contract) => $"C-{contract:D5}";

    /// <summary>The calls from index <paramref name="first"/> on; a call does not depend on how many are asked for.</summary>
    public static IEnumerable<Call> Calls(int count, int seed = 1, int first = 0) =>
        Enumerable.Range(first, count).Select(index => Make(index, seed));

    public static byte[] ContractsDocument() => ContractsDocument(0, Contracts);

    /// <summary>Contracts for the numbers that nobody holds otherwise.</summary>
    public static byte[] LateContractsDocument() => ContractsDocument(Contracts, Strangers);

    private static byte[] ContractsDocument(int first, int count) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        contracts = Enumerable.Range(first, count).Select(i => new
        {
            id = IdOf(i),
            service = "biz",
            customer = new { name = $"株式会社サンプル{i}" },
            openedOn = "2026-04-01",
            numbers = new[] { new { number = NumberOf(i), from = "2026-04-01" } },
            usageLimits = i % 3 == 0 ? new[] { new { amount = "1000", from = "2026-04-01" } } : [],
        }),
    });

    /// <summary>A file as switches write them: now and then a row sent again, one that contradicts an earlier row, one that can not be read.</summary>
    public static void WriteDelivery(string path, int rows, int seed)
    {
        var random = new Random(seed);
        using var file = new StreamWriter(path) { NewLine = "\n" };
        file.WriteLine(Call.Header);
        Call? earlier = null;
        foreach (var call in Calls(rows, seed))
        {
            file.WriteLine(random.Next(1000) switch
            {
                < 5 => (call with { RecordId = call.RecordId + "-late" }).ToCsv().Replace("2026-10-", "2026-13-", StringComparison.Ordinal),
                < 20 when earlier is not null => earlier.ToCsv(),
                < 25 when earlier is not null => earlier.Conflicting().ToCsv(),
                _ => call.ToCsv(),
            });
            if (earlier is null || random.Next(50) == 0)
            {
                earlier = call;
            }
        }
    }

    public static void Write(string path, IEnumerable<Call> calls)
    {
        using var file = File.Create(path);
        Write(file, calls);
    }

    /// <summary>The same in memory.</summary>
    public static byte[] Csv(IEnumerable<Call> calls)
    {
        using var memory = new MemoryStream();
        Write(memory, calls);
        return memory.ToArray();
    }

    private static void Write(Stream stream, IEnumerable<Call> calls)
    {
        using var writer = new StreamWriter(stream) { NewLine = "\n" };
        writer.WriteLine(Call.Header);
        foreach (var call in calls)
        {
            writer.WriteLine(call.ToCsv());
        }
    }

    private static Call Make(int index, int seed)
    {
        // one generator per call would be slow to seed, and one for all would make a call depend on those before it
        var random = new Sequence(((ulong)(uint)seed << 32) | (uint)index);
        var held = random.Below(50) != 0;
        return new Call(
            random.Below(2) == 0 ? "sw-1" : "sw-2",
            $"{seed}-{index:D8}",
            NumberOf(held ? random.Below(Contracts) : Contracts + random.Below(Strangers)),
            Called(ref random),
            MonthBegin.AddMilliseconds((long)random.Below(2_592_000) * 1000 + random.Below(1000)),
            random.Below(10) != 0,
            random.Below(400_000));
    }

    private static string Called(ref Sequence random) => random.Below(100) switch
    {
        < 45 => $"03{10_000_000 + random.Below(90_000_000):D8}",
        < 75 => $"090{40_000_000 + random.Below(50_000_000):D8}",
        < 85 => $"05033{random.Below(1_000_000):D6}",
        < 97 => $"010-1-212-{100 + random.Below(900)}-{1000 + random.Below(9000)}",
        _ => "117",
    };

    /// <summary>SplitMix64: good numbers from any seed, from the first one on.</summary>
    private struct Sequence(ulong seed)
    {
        private ulong _state = seed;

        public int Below(int bound)
        {
            unchecked
            {
                var z = _state += 0x9E3779B97F4A7C15;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                return (int)((z ^ (z >> 31)) % (ulong)bound);
            }
        }
    }
}
