using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Contracts.Json;
using Billing.Service.Ingestion;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Replay;
using Billing.Service.Subscriptions;
using NodaTime;

namespace Billing.Service.Tests.Invoicing;

/// <summary>
/// A database with contracts, a tariff of round figures and calls, in which months are invoiced. A fixed call costs 8 yen per
/// 3 minutes, a mobile one 16 per minute, an international one 9.4 per minute (zero-rated); a number costs 300 a month.
/// </summary>
public sealed class BilledWorld : IAsyncDisposable
{
    public const string Fixed = "0312345678";
    public const string Mobile = "09012345678";
    public const string NewYork = "01012125550100";
    public const string OnNet = "05033009999";

    private const string CdrHeader = "source,record_id,kind,mode,calling_number,called_number,started_at,answered_at,ended_at";

    private readonly DatabaseFixture _fixture;
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("billing-invoicing-");
    private int _deliveries;
    private int _records;

    private BilledWorld(DatabaseFixture fixture) => _fixture = fixture;

    public DatabaseFixture Database => _fixture;

    /// <summary>The instant at which invoices are issued.</summary>
    public Instant Now { get; set; } = Instant.FromUtc(2026, 12, 1, 0, 0);

    public static UsageMonth September { get; } = new(2026, 9);

    public static UsageMonth October { get; } = new(2026, 10);

    public static UsageMonth November { get; } = new(2026, 11);

    public static string Tariff(string options = "{}", string version = "2026-01") =>
        $$"""
        { "tariffs": [ { "id": "test", "version": "{{version}}", "from": "2026-01-01", "proration": "none",
          "monthly": { "biz": { "base": "300" }, "w-mode": { "base": "500" }, "billing-station": "1000", "options": {{options}} },
          "plans": { "fixed": { "steps": [ { "fromSeconds": 0, "price": "8", "unitSeconds": 180, "incrementSeconds": 180 } ] },
                     "mobile": { "steps": [ { "fromSeconds": 0, "price": "16", "unitSeconds": 60, "incrementSeconds": 60 } ] },
                     "abroad": { "steps": [ { "fromSeconds": 0, "price": "9.4", "unitSeconds": 60, "incrementSeconds": 60 } ] },
                     "free": { "steps": [ { "fromSeconds": 0, "price": "0", "unitSeconds": 60, "incrementSeconds": 60 } ] } },
          "prices": [ { "class": "fixed", "plan": "fixed" }, { "class": "mobile", "plan": "mobile" },
                      { "class": "international", "plan": "abroad" }, { "class": "on-net-050", "plan": "free" } ],
          "taxRates": [ { "from": "2019-10-01", "standard": "0.10" } ] } ] }
        """;

    /// <summary>A contract for Biz since 2026 with one number.</summary>
    public static ContractDocument Contract(string id, string number, long? limit = null, string? option = null) => new()
    {
        Id = id,
        Service = ServiceKind.Biz,
        Customer = new CustomerDocument { Name = $"株式会社{id}", Kind = "corporate", Country = "JP" },
        OpenedOn = new LocalDate(2026, 1, 1),
        Numbers = [new NumberDocument { Number = number, From = new LocalDate(2026, 1, 1) }],
        UsageLimits = limit is { } yen ? [new UsageLimitDocument { Amount = Yen.Whole(yen), From = new LocalDate(2026, 1, 1) }] : null,
        Options = option is null ? null : [new OptionDocument { Code = option, From = new LocalDate(2026, 1, 1) }],
    };

    public static async Task<BilledWorld> NewAsync(params ContractDocument[] contracts)
    {
        var world = await EmptyAsync();
        await world.PublishAsync(Read<TariffsDocument>(Tariff()));
        await world.ImportAsync(contracts);
        return world;
    }

    /// <summary>A database that knows nothing yet.</summary>
    public static async Task<BilledWorld> EmptyAsync()
    {
        var fixture = new DatabaseFixture();
        await fixture.InitializeAsync();
        return new BilledWorld(fixture);
    }

    /// <summary>A world of its own that begins as this one, in which nothing may be at work.</summary>
    public async Task<BilledWorld> CopyAsync() => new(await _fixture.CopyAsync()) { Now = Now, _deliveries = _deliveries, _records = _records };

    public static T Read<T>(string json)
        where T : class
    {
        var (document, fault) = DocumentReader.Read<T>(Encoding.UTF8.GetBytes(json));
        fault.ShouldBeNull();
        return document!;
    }

    /// <summary>A file of the repository.</summary>
    public static string Repository(string path, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", path));

    public string Folder(string name) => Path.Combine(_files.FullName, name);

    public async Task ImportAsync(params IReadOnlyList<ContractDocument> contracts)
    {
        await using var session = _fixture.Store.LightweightSession();
        var imported = await ImportContractsHandler.Handle(new ImportContracts(contracts), session, default);
        await session.SaveChangesAsync();
        imported.Contracts.ShouldAllBe(contract => contract.Refusal == null);
    }

    public Task PublishAsync(TariffsDocument tariffs) =>
        AppendAsync($"tariff-{tariffs.Tariffs[0].Id}", [.. tariffs.Tariffs.Select(tariff => new TariffVersionPublished(tariff))]);

    public Task PublishAsync(ReferenceDocument reference) => AppendAsync("reference-tables", [new ReferencePublished(reference)]);

    /// <summary>An answered call, in Tokyo time.</summary>
    public string Call(string number, string called, string answeredAt, int seconds = 60, string? id = null)
    {
        var start = DateTimeOffset.Parse(answeredAt + "+09:00", CultureInfo.InvariantCulture);
        return $"sw-1,{id ?? $"r{++_records:D6}"},call,ip,{number},{called},{start:O},{start:O},{start.AddSeconds(seconds):O}";
    }

    /// <summary>A call that nobody answered.</summary>
    public string Unanswered(string number, string called, string startedAt)
    {
        var start = DateTimeOffset.Parse(startedAt + "+09:00", CultureInfo.InvariantCulture);
        return $"sw-1,r{++_records:D6},call,ip,{number},{called},{start:O},,{start.AddSeconds(20):O}";
    }

    public Task<ReceiptDocument> IngestAsync(params IReadOnlyList<string> rows) => DeliverAsync($"calls-{++_deliveries:D4}.csv", rows);

    public async Task<ReceiptDocument> DeliverAsync(string name, IReadOnlyList<string> rows)
    {
        var path = Folder(name);
        await File.WriteAllLinesAsync(path, [CdrHeader, .. rows]);
        return await IngestFileAsync(path);
    }

    public async Task<ReceiptDocument> IngestFileAsync(string path)
    {
        using var knowledge = new KnowledgeCache(_fixture.Database);
        var result = await new IngestFile(_fixture.Database, knowledge, TimeProvider.System).RunAsync(path, Path.GetFileName(path), null, default);
        return result.Receipt.ShouldNotBeNull();
    }

    public Task<RatingKnowledge> KnowledgeAsync() => new KnowledgeLoader(_fixture.Database).LoadAsync();

    public async Task<IssueReport> IssueAsync(UsageMonth month, string? contract = null, IProgress<int>? progress = null, CancellationToken cancel = default)
    {
        var issue = new IssueInvoices(_fixture.Database, await KnowledgeAsync(), InvoiceTerms.Sample, new FixedClock(Now));
        var (report, refusal) = await issue.RunAsync(month, contract, progress, cancel);
        refusal.ShouldBeNull();
        return report!;
    }

    public async Task<InvoiceDraft> DraftAsync(UsageMonth month, string? contract = null)
    {
        var (draft, refusal) = await new DraftInvoices(_fixture.Database, await KnowledgeAsync(), InvoiceTerms.Sample).RunAsync(month, contract, default);
        refusal.ShouldBeNull();
        return draft!;
    }

    public async Task<InvoiceIssued> IssuedAsync(string contract, UsageMonth month) =>
        (await ShowInvoice.FindAsync(_fixture.Database, InvoiceKeys.Number(contract, month), default)).ShouldNotBeNull();

    public async Task<InvoiceDocument> InvoiceAsync(string contract, UsageMonth month) => (await IssuedAsync(contract, month)).Invoice;

    public async Task<IReadOnlyList<InvoiceIssued>> AllIssuedAsync(UsageMonth month)
    {
        var all = new List<InvoiceIssued>();
        await foreach (var issued in ShowInvoice.OfMonthAsync(_fixture.Database, month, default))
        {
            all.Add(issued);
        }

        return all;
    }

    public async Task<InvoiceProof> VerifyAsync(string contract, UsageMonth month) =>
        await new ProveInvoices(_fixture.Database).OneAsync(await IssuedAsync(contract, month), default);

    public Task<long> CountEventsAsync(string type) => _fixture.ScalarAsync<long>($"select count(*) from billing.mt_events where type = '{type}'");

    /// <summary>Lines as <c>section code month quantity amount category</c>.</summary>
    public static string[] Lines(InvoiceDocument invoice, params string[] sections) =>
        [.. invoice.Lines.Where(line => sections.Length == 0 || sections.Contains(line.Section))
            .Select(line => $"{line.Section} {line.Code} {line.Month} {line.Quantity} {line.Amount} {line.TaxCategory}")];

    /// <summary>The document as the offline command writes it.</summary>
    public static string Unissued(InvoiceDocument invoice) =>
        JsonSerializer.Serialize(invoice with { Number = null, IssuedAt = null, Issuer = null, DueOn = null }, BillingJson.Options);

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        _files.Delete(recursive: true);
    }

    private async Task AppendAsync(string stream, IReadOnlyList<object> events)
    {
        await using var session = _fixture.Store.LightweightSession();
        session.Events.Append(stream, events);
        await session.SaveChangesAsync();
    }

    internal sealed class FixedClock(Instant now) : IClock
    {
        public Instant GetCurrentInstant() => now;
    }
}
