using System.Text;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Contracts.Json;
using Billing.Rating.BuiltIn;
using Billing.Service.Ingestion;
using Billing.Service.Knowledge;
using Billing.Service.Subscriptions;
using Billing.Service.Tariffs;

namespace Billing.Service.Tests;

/// <summary>
/// The demo month as files, and variations of it: between them its rows meet every outcome, every reason of suspension and
/// every reason of rejection.
/// </summary>
internal sealed class MonthFiles : IDisposable
{
    public static readonly UsageMonth Month = new(2026, 10);

    public MonthFiles()
    {
        Folder = Directory.CreateTempSubdirectory("billing-test-").FullName;
        Header = DemoLines[0];
        Rows = [.. DemoLines.Skip(1), .. Unreadable];
    }

    public string Folder { get; }

    public byte[] Header { get; }

    /// <summary>The rows of the demo, and one that is not UTF-8.</summary>
    public IReadOnlyList<byte[]> Rows { get; }

    public static string Demo(string name) => Path.Combine(Root, "deploy", "demo", name);

    public static byte[] Tariff => BuiltInDocuments.SampleTariff;

    public static string Root { get; } = FindRoot();

    private static List<byte[]> DemoLines { get; } = Split(File.ReadAllBytes(Demo("calls.csv")));

    private static IEnumerable<byte[]> Unreadable
    {
        get
        {
            var row = DemoLines[1].ToArray();
            row[0] = 0xFF;
            return [row];
        }
    }

    /// <summary>Writes a file of rows and returns its path.</summary>
    public string Write(string name, IEnumerable<byte[]> rows)
    {
        var path = Path.Combine(Folder, name);
        using var file = File.Create(path);
        foreach (var row in rows.Prepend(Header))
        {
            file.Write(row);
            file.WriteByte((byte)'\n');
        }

        return path;
    }

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Rows of calls in a form of their own: <c>record id, calling, called, day and time, seconds</c>.</summary>
    public byte[] Call(string source, string recordId, string calling, string called, string startedAt, int seconds, bool answered = true)
    {
        var start = DateTimeOffset.Parse(startedAt, System.Globalization.CultureInfo.InvariantCulture);
        var values = new Dictionary<string, string>
        {
            ["source"] = source,
            ["record_id"] = recordId,
            ["kind"] = "call",
            ["mode"] = "ip",
            ["calling_number"] = calling,
            ["called_number"] = called,
            ["started_at"] = start.ToString("yyyy-MM-ddTHH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture),
            ["answered_at"] = answered ? start.ToString("yyyy-MM-ddTHH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture) : "",
            ["ended_at"] = start.AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:sszzz", System.Globalization.CultureInfo.InvariantCulture),
        };
        return Encoding.UTF8.GetBytes(string.Join(',', Encoding.UTF8.GetString(Header).TrimEnd('\r').Split(',').Select(name => values.GetValueOrDefault(name, ""))));
    }

    /// <summary>Publishes the demo's tariff and reference and opens its contracts.</summary>
    public static async Task LearnAsync(DatabaseFixture database, bool contracts = true)
    {
        (await database.InvokeAsync(new PublishReference(Read<ReferenceDocument>(File.ReadAllBytes(Demo("reference.json")))))).Refusal.ShouldBeNull();
        (await database.InvokeAsync(new PublishTariff(Read<TariffsDocument>(Tariff), AcceptWarnings: true))).Refusal.ShouldBeNull();

        if (contracts)
        {
            await OpenContractsAsync(database);
        }
    }

    public static async Task OpenContractsAsync(DatabaseFixture database)
    {
        foreach (var contract in Read<ContractsDocument>(File.ReadAllBytes(Demo("contracts.json"))).Contracts)
        {
            (await database.InvokeAsync(new ImportContract(contract))).Refusal.ShouldBeNull();
        }
    }

    public static T Read<T>(byte[] utf8)
        where T : class
    {
        var (document, fault) = DocumentReader.Read<T>(utf8);
        fault.ShouldBeNull();
        return document!;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static List<byte[]> Split(byte[] file)
    {
        var lines = new List<byte[]>();
        foreach (var range in file.AsSpan().Split((byte)'\n'))
        {
            if (file[range].Length > 0)
            {
                lines.Add(file[range]);
            }
        }

        return lines;
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Billing.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Billing.sln was not found above the tests.");
        }

        return folder;
    }
}

internal static class Ingesting
{
    /// <summary>Takes a file in and answers its receipt.</summary>
    public static async Task<ReceiptDocument> IngestAsync(this DatabaseFixture database, string path)
    {
        using var knowledge = new KnowledgeCache(database.Database);
        var result = await new IngestFile(database.Database, knowledge, TimeProvider.System).RunAsync(path, Path.GetFileName(path), null, CancellationToken.None);
        result.Refused.ShouldBeNull();
        return result.Receipt!;
    }

    /// <summary>All rows of a table as text, in the order of all its columns but those named.</summary>
    public static async Task<string> DigestAsync(this DatabaseFixture database, string table, params string[] without)
    {
        var columns = await database.ScalarAsync<string>(
            $"select string_agg(column_name, ', ' order by ordinal_position) from information_schema.columns where table_schema = 'billing' and table_name = '{table}' and column_name <> all(array[{string.Join(',', without.Prepend("-").Select(name => $"'{name}'"))}])");
        return await database.ScalarAsync<string>($"select coalesce(string_agg(r, E'\\n' order by r collate \"C\"), '') from (select row({columns})::text r from billing.{table}) x");
    }
}
