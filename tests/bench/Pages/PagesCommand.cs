using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Billing.Bench.Ratios;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Service.Access;
using NodaTime;

namespace Billing.Bench.Pages;

/// <summary>
/// <c>pages</c>: how long each page takes of a contract with a million calls in a month, beside 10,000 other contracts. The time is that until
/// the whole answer has arrived at a client on the same machine, so it is a little more than the server's own.
/// </summary>
internal sealed class PagesCommand(BenchServer server, BillingProgram program, int rows, string folder, TextWriter progress)
{
    private const string Large = "C-large";
    private const string One = $"contract={Large}&month=2026-10";
    private const int Numbers = 500;
    private const int Others = 10_000;
    private const int Repeats = 9;

    private static readonly LocalDate Begin = new(2026, 4, 1);

    /// <summary>Measures, and prints a table.</summary>
    public async Task RunAsync(TextWriter output)
    {
        await PrepareAsync();
        await using var app = await BenchApp.StartAsync(server.Prepared);
        using var staff = await app.ClientAsync([Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Operator, Roles.Pipeline]);
        using var customer = await app.ClientAsync([Roles.CustomerAdmin], Large);
        progress.WriteLine("opening the pages");
        var table = new Table("page", "first, ms", $"median of {Repeats}, ms", "longest, ms", "kB");
        foreach (var (name, client, path) in await AddressesAsync(staff, customer))
        {
            table.Add(await TimeAsync(name, client, path));
        }

        table.Print(output);
    }

    private static async Task<string[]> TimeAsync(string name, HttpClient client, string path)
    {
        var (first, bytes) = await OpenAsync(client, path);
        var times = new List<double>();
        for (var i = 0; i < Repeats; i++)
        {
            times.Add((await OpenAsync(client, path)).Milliseconds);
        }

        times.Sort();
        return [name, Table.Count(first), Table.Count(times[Repeats / 2]), Table.Count(times[^1]), Table.Count(bytes / 1024d)];
    }

    private static async Task<(double Milliseconds, int Bytes)> OpenAsync(HttpClient client, string path)
    {
        var clock = Stopwatch.StartNew();
        using var answer = await client.GetAsync(new Uri(path, UriKind.Relative));
        var body = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode
            ? (clock.Elapsed.TotalMilliseconds, body.Length)
            : throw new InvalidOperationException($"{path} answers {(int)answer.StatusCode}");
    }

    private static async Task<List<(string Name, HttpClient Client, string Path)>> AddressesAsync(HttpClient staff, HttpClient customer)
    {
        // a call and the line of the invoice that most calls are on
        var call = (await JsonAsync(staff, $"/api/v1/contracts/{Large}/calls?month=2026-10&limit=1")).GetProperty("items")[0];
        var record = $"source={call.GetProperty("source").GetString()}&record={call.GetProperty("recordId").GetString()}";
        var lines = (await JsonAsync(staff, $"/api/v1/invoices/202610-{Large}")).GetProperty("lines").EnumerateArray().Select(line => line.GetProperty("section").GetString()).ToList();
        var usage = lines.IndexOf("usage") + 1;
        return
        [
            ("this month so far", customer, $"/station/usage?{One}"),
            ("calls", customer, $"/station/calls?{One}"),
            ("calls of a day and number", customer, $"/station/calls?{One}&from=2026-10-20&to=2026-10-20&number=05033000007"),
            ("calls of a class that hardly occurs", customer, $"/station/calls?{One}&class=ipv4"),
            ("calls of a high amount", customer, $"/station/calls?{One}&min=5000"),
            ("why this amount?", customer, $"/station/call?{record}"),
            ("invoices", customer, "/station/invoices"),
            ("an invoice", customer, $"/station/invoices/202610-{Large}"),
            ("an invoice, PDF", customer, $"/station/invoices/202610-{Large}/pdf"),
            ("a line of a million calls", customer, $"/station/invoices/202610-{Large}/lines/{usage}"),
            ("disputes", customer, "/station/disputes"),
            ("a new dispute", customer, $"/station/disputes/new?invoice=202610-{Large}"),
            ("downloads", customer, "/station/downloads"),
            ("alerts", customer, $"/station/alerts?{One}"),
            ("months", staff, "/station/months"),
            ("a month", staff, "/station/months/2026-10"),
            ("contracts", staff, "/station/contracts"),
            ("contracts of a name", staff, "/station/contracts?q=%E3%82%B5%E3%83%B3%E3%83%97%E3%83%AB99"),
            ("a contract", staff, $"/station/contracts/{Large}"),
            ("all invoices", staff, "/station/invoices"),
            ("tariff", staff, "/station/tariff"),
            ("suspense", staff, "/station/suspense?month=2026-10"),
            ("credit", staff, $"/station/invoices/202610-{Large}/credit"),
            ("access log", staff, "/station/audit"),
            ("reveals", staff, "/station/audit/reveals"),
            ("API: usage", customer, $"/api/v1/contracts/{Large}/usage?month=2026-10"),
            ("API: calls", customer, $"/api/v1/contracts/{Large}/calls?month=2026-10"),
            ("API: invoices", staff, "/api/v1/invoices"),
            ("API: suspense", staff, "/api/v1/suspense?month=2026-10"),
        ];
    }

    private static async Task<JsonElement> JsonAsync(HttpClient client, string path) => JsonDocument.Parse(await client.GetStringAsync(new Uri(path, UriKind.Relative))).RootElement;

    /// <summary>A database with the calls taken in and the month issued.</summary>
    private async Task PrepareAsync()
    {
        progress.WriteLine($"preparing {rows:N0} rows of one contract");
        string At(string file) => Path.Combine(folder, file);
        new Workload(Numbers).WriteCalls(At("calls.csv"), rows);
        await File.WriteAllBytesAsync(At("contracts.json"), JsonSerializer.SerializeToUtf8Bytes(Book(), BillingJson.Options));
        await File.WriteAllBytesAsync(At("tariff.json"), Workload.Tariff);
        await server.PrepareAsync(program, At("contracts.json"), At("tariff.json"));
        foreach (var arguments in (string[][])[["ingest", At("calls.csv")], ["invoices", "issue", "--month", "2026-10"]])
        {
            progress.WriteLine($"billing {string.Join(' ', arguments[..1])}");
            await program.RunAsync(server.Prepared, arguments);
        }
    }

    /// <summary>The large contract has the numbers that the calls come from, in ten departments; the others have numbers of their own.</summary>
    private static ContractsDocument Book()
    {
        var others = new Workload(Numbers + Others).Contracts.Contracts.Skip(Numbers);
        var large = new ContractDocument
        {
            Id = Large,
            Service = ServiceKind.Biz,
            Customer = new CustomerDocument { Name = "株式会社大口", Kind = "corporate", Country = "JP" },
            OpenedOn = Begin,
            Numbers = [.. new Workload(Numbers).Contracts.Contracts.SelectMany(contract => contract.Numbers).Select((number, i) => number with { Department = $"部署{(i % 10).ToString(CultureInfo.InvariantCulture)}" })],
            UsageLimits = [new UsageLimitDocument { Amount = Yen.Whole(10_000_000), From = Begin }],
        };
        return new ContractsDocument { Contracts = [large, .. others] };
    }
}
