using System.Globalization;
using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.BuiltIn;
using Billing.Rating.Calls;
using Billing.Rating.Reference;
using Billing.Rating.Subscriptions;
using Billing.Rating.Tariffs;
using NodaTime;

namespace Billing.Bench;

/// <summary>
/// A month of a carrier's business line, the same for the same size: contracts with one number each and calls in the order
/// of time, most of them domestic and answered, some abroad, forwarded, suspended, sent twice or unreadable.
/// </summary>
internal sealed class Workload(int contracts)
{
    public static readonly UsageMonth Month = new(2026, 10);

    public const string Header =
        "source,record_id,kind,mode,calling_number,called_number,started_at,answered_at,ended_at,end_cause,speech_lost_at,forwarded_by,presented_number,terminating_carrier,origin_country,device,app_version";

    private static readonly string[] Abroad = ["010-1-212-555-", "010-86-10-8529-", "0062010-44-20-7946-", "010-65-6123-"];
    private static readonly long Start = Instant.FromUtc(2026, 9, 30, 15, 0).ToUnixTimeMilliseconds();

    public static byte[] Tariff => BuiltInDocuments.SampleTariff;

    /// <summary>The same tariff with dearer calls to mobile numbers.</summary>
    public static byte[] OtherTariff => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Tariff).Replace("\"price\": \"16\"", "\"price\": \"18\"", StringComparison.Ordinal));

    public ContractsDocument Contracts { get; } = new()
    {
        Contracts = [.. Enumerable.Range(0, contracts).Select(i => new ContractDocument
        {
            Id = $"C-{i:D6}",
            Service = ServiceKind.Biz,
            Customer = new CustomerDocument { Name = $"株式会社サンプル{i}", Kind = "corporate", Country = "JP" },
            OpenedOn = new LocalDate(2026, 4, 1),
            Numbers = [new NumberDocument { Number = NumberOf(i), From = new LocalDate(2026, 4, 1) }],
            UsageLimits = i % 3 == 0 ? [new UsageLimitDocument { Amount = Yen.Whole(1_000_000), From = new LocalDate(2026, 4, 1) }] : [],
        })],
    };

    public CallRater Rater()
    {
        var (book, contractsFault) = ContractBook.Compile(Contracts);
        var (tariffs, tariffsFault) = TariffBook.Compile(Read<TariffsDocument>(Tariff));
        var (reference, referenceFault) = ReferenceTables.Compile(Read<ReferenceDocument>(BuiltInDocuments.Reference));
        return (contractsFault ?? tariffsFault ?? referenceFault) is { } fault
            ? throw new InvalidDataException(fault.ToString())
            : new CallRater(book!, tariffs!, reference!);
    }

    public static T Read<T>(byte[] utf8)
        where T : class
    {
        var (document, fault) = DocumentReader.Read<T>(utf8);
        return document ?? throw new InvalidDataException(fault!.ToString());
    }

    public void WriteContracts(string path) => File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(Contracts, BillingJson.Options));

    /// <summary>Writes a file of so many rows.</summary>
    public void WriteCalls(string path, int rows)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20);
        file.Write(Header);
        file.Write('\n');
        foreach (var line in Lines(rows))
        {
            file.Write(line);
            file.Write('\n');
        }
    }

    /// <summary>The rows of a file, spread over the month.</summary>
    public IEnumerable<string> Lines(int rows)
    {
        var random = new Random(20_261_001);
        var last = "";
        for (var i = 0; i < rows; i++)
        {
            var line = random.Next(1000) switch
            {
                0 when last.Length > 0 => last,
                1 => $"sw-1,{i:D9},call,ip,,03",
                _ => Line(random, i, Start + ((long)i * 2_600_000_000 / rows)),
            };
            yield return line;
            last = line;
        }
    }

    private static string NumberOf(int contract) => $"050{33_000_000 + contract:D8}";

    private string Line(Random random, int i, long startedMs)
    {
        // numbers that nobody holds are suspended
        var caller = NumberOf(random.Next(100) == 0 ? 900_000 + random.Next(1000) : random.Next(contracts));
        var answered = random.Next(10) > 0;
        var forwarded = random.Next(40) == 0;
        var lost = answered && random.Next(50) == 0;
        var answeredMs = startedMs + 1000 * random.Next(3, 20);
        var endedMs = answeredMs + (answered ? random.Next(1000, 400_000) : 0);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"sw-{random.Next(1, 3)},{i + 1:D9},{(forwarded ? "forward" : "call")},ip,{(forwarded ? "0312345678" : caller)},{Called(random)},{At(startedMs)},{(answered ? At(answeredMs) : "")},{At(endedMs)},,{(lost ? At(Math.Max(answeredMs, endedMs - 30_000)) : "")},{(forwarded ? caller : "")},,,,{(random.Next(2) == 0 ? "android" : "ios")},2.3.1");
    }

    private static string Called(Random random) => random.Next(100) switch
    {
        < 44 => $"03{random.Next(2, 10)}{random.Next(10_000_000):D7}",
        < 74 => $"090{random.Next(10_000_000, 100_000_000)}",
        < 84 => $"05033{random.Next(1_000_000):D6}",
        < 91 => $"050{3000 + random.Next(6)}{random.Next(10_000):D4}",
        < 93 => $"1840{random.Next(40, 90)}{random.Next(10_000_000):D7}",
        < 94 => $"+81-6-{random.Next(2000, 7000)}-{random.Next(10_000):D4}",
        < 98 => $"{Abroad[random.Next(Abroad.Length)]}{random.Next(10_000):D4}",
        _ => $"0120{random.Next(1_000_000):D6}",
    };

    private static string At(long utcMs) => Instant.FromUnixTimeMilliseconds(utcMs).WithOffset(Offset.FromHours(9))
        .ToString("uuuu-MM-dd'T'HH:mm:ss;FFFo<+HH:mm>", CultureInfo.InvariantCulture);
}
