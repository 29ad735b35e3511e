using System.Globalization;
using System.Text;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Service.Comparing;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Comparing;

/// <summary>A month of calls and the other party's lists of them: <c>calling,called,start,duration,yen,id</c>.</summary>
internal static class ComparedWorld
{
    public const string One = "05033000001";
    public const string Two = "05033000002";
    public const string Map = "amount=yen,id=id";

    /// <summary>Two contracts with calls at all distances, unanswered, suspended and unassigned ones among them.</summary>
    public static async Task<BilledWorld> WorldAsync()
    {
        var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", One), BilledWorld.Contract("C-2", Two));
        var random = new Random(5);
        string[] called = [BilledWorld.Fixed, BilledWorld.Mobile, BilledWorld.NewYork];
        await world.IngestAsync(
        [
            .. Enumerable.Range(0, 40).Select(i => world.Call(i % 3 == 0 ? Two : One, called[i % 3], $"2026-10-{3 + (i / 20):D2}T10:{random.Next(60):D2}:{random.Next(60):D2}", random.Next(1, 300))),
            world.Call(One, BilledWorld.Fixed, "2026-10-03T10:00:00"), world.Call(One, BilledWorld.Fixed, "2026-10-03T10:00:01"), world.Call(One, BilledWorld.Fixed, "2026-10-03T10:00:01"),
            world.Call("05033009998", BilledWorld.Fixed, "2026-10-05T10:00:00"),
            world.Call(One, "0570012345", "2026-10-05T11:00:00"),
            world.Unanswered(One, BilledWorld.Fixed, "2026-10-06T10:00:00"),
            world.Unanswered("05033009999", BilledWorld.Fixed, "2026-10-07T10:00:00"),
        ]);
        return world;
    }

    /// <summary>The rated calls as the other party would list them: <c>calling,called,start,duration,yen,id</c>.</summary>
    public static async Task<List<string>> ExportAsync(BilledWorld world)
    {
        var rows = new List<string>();
        await using var command = world.Database.Database.CreateCommand(
            """
            select r.number, r.destination, e.data->'call'->>'startedAt', r.chargeable_ms, r.charge::text, r.record_id
            from billing.rated_calls r join billing.mt_events e on e.id = r.id where r.outcome = 'rated' order by r.record_id
            """);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(string.Create(CultureInfo.InvariantCulture,
                $"{reader.GetString(0)},{reader.GetString(1)},{reader.GetString(2)},{reader.GetInt64(3) / 1000},{reader.GetString(4)},{reader.GetString(5)}"));
        }

        return rows;
    }

    /// <summary>Their list with rows moved, prolonged, priced anew, left out, said twice, made up, of another month and unreadable.</summary>
    public static List<string> Changed(List<string> own, (int Kind, int Row, int By)[] changes)
    {
        var rows = own.Select(row => row.Split(',')).ToList();
        var gone = new HashSet<int>();
        foreach (var (kind, row, by) in changes)
        {
            var fields = rows[row];
            switch (kind)
            {
                case 0: fields[2] = DateTimeOffset.Parse(own[row].Split(',')[2], CultureInfo.InvariantCulture).AddMilliseconds(by).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture); break;
                case 1: fields[3] = Math.Max(0, int.Parse(own[row].Split(',')[3], CultureInfo.InvariantCulture) + (by / 1000)).ToString(CultureInfo.InvariantCulture); break;
                case 2: fields[4] = Math.Abs(by).ToString(CultureInfo.InvariantCulture); break;
                case 3: gone.Add(row); break;
                case 4: rows.Add([.. fields]); break;
                case 5: rows.Add([One, "0399999999", fields[2], "60", "8", $"made-up-{by}"]); break;
                case 6: rows.Add([One, BilledWorld.Fixed, "2026-08-01T00:00:00Z", "60", "8", $"august-{by}"]); break;
                default: rows.Add([One, BilledWorld.Fixed, "never", "60", "8", $"unreadable-{by}"]); break;
            }
        }

        return [.. rows.Where((_, i) => !gone.Contains(i)).Select(fields => string.Join(',', fields))];
    }

    public static SideTotals Sum(IEnumerable<SideTotals> sides) => sides.Aggregate((a, b) =>
        new SideTotals(a.Rows + b.Rows, a.Duration + b.Duration, a.Amount is { } left && b.Amount is { } right ? left + right : null));

    public static string WithoutLine(string row) => string.Join(',', row.Split(',').Where((_, i) => i != 8));

    public static byte[] Bytes(IEnumerable<string> rows) => Encoding.UTF8.GetBytes(string.Join('\n', rows.Prepend("calling,called,start,duration,yen,id")) + "\n");

    public static async Task<ComparisonResult> CompareAsync(
        BilledWorld world, IReadOnlyList<string> theirs, Func<ComparisonRequest, ComparisonRequest>? change = null, string map = Map)
    {
        var (result, fault) = await RunAsync(world, Bytes(theirs), Stream.Null, change, map);
        fault.ShouldBeNull();
        return result!;
    }

    public static async Task<(ComparisonResult Result, string[] Csv)> CompareWithCsvAsync(BilledWorld world, IReadOnlyList<string> theirs)
    {
        using var csv = new MemoryStream();
        var (result, _) = await RunAsync(world, Bytes(theirs), csv);
        return (result!, Encoding.UTF8.GetString(csv.ToArray()).TrimEnd('\n').Split('\n'));
    }

    public static async Task<(ComparisonResult? Result, DocumentFault? Fault)> RunAsync(
        BilledWorld world, byte[] file, Stream csv, Func<ComparisonRequest, ComparisonRequest>? change = null, string map = Map)
    {
        var request = new ComparisonRequest(BilledWorld.October, ColumnMap.FromText(map).Map!, Tolerances.Default, null, null);
        using var theirs = new MemoryStream(file);
        return await new CompareCalls(world.Database.Database, await world.KnowledgeAsync()).RunAsync(change?.Invoke(request) ?? request, "theirs.csv", theirs, csv, null, default);
    }
}
