using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Tests.Invoicing;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Service.Tests.Hosting;

/// <summary>What those who watch the service see: figures, who may fetch them, and spans from the rows of a file to the lines of an invoice.</summary>
public sealed class TelemetryTests(TelemetryTests.Watched watched) : IClassFixture<TelemetryTests.Watched>
{
    [Fact]
    public async Task Figures_are_fetched_on_the_machine_itself_and_from_elsewhere_by_an_operator_s_key()
    {
        (await FetchAsync(watched.Server.Anonymous, from: null)).ShouldBe(HttpStatusCode.OK);
        (await FetchAsync(watched.Server.Anonymous, from: "203.0.113.7")).ShouldBe(HttpStatusCode.Unauthorized);
        using var finance = await watched.Server.ClientAsync([Roles.Finance]);
        (await FetchAsync(finance, from: "203.0.113.7")).ShouldBe(HttpStatusCode.Forbidden);
        using var prometheus = await watched.Server.ClientAsync([Roles.Operator]);
        (await FetchAsync(prometheus, from: "203.0.113.7")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public void What_lies_in_the_database_is_told_as_it_is()
    {
        var figures = watched.Figures();
        figures["billing.contracts.parked"].ShouldBe(1);
        figures["billing.notices.open state=failed target=webhook"].ShouldBe(2);
        figures["billing.notices.open state=pending target=webhook"].ShouldBe(0);
        figures["billing.notices.open state=failed target=mail"].ShouldBe(1);
        figures["billing.dead.letters"].ShouldBe(0);
        figures["billing.suspense.age"].ShouldBeInRange(7200, 7500);
        figures["billing.projection.paused projection=notices:All"].ShouldBe(0);
        figures.ShouldContainKey("billing.projection.lag projection=notices:All");
        figures["billing.figures.age"].ShouldBeInRange(0, 60);
    }

    [Fact]
    public async Task Rows_are_counted_by_what_became_of_them()
    {
        using var month = new MonthFiles();
        var mine = new AsyncLocal<bool> { Value = true };
        var counted = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument == Telemetry.Rows) { listener.EnableMeasurementEvents(instrument); } } };
        listener.SetMeasurementEventCallback<long>((_, rows, tags, _) =>
        {
            if (mine.Value)
            {
                counted.AddOrUpdate((string)tags[0].Value!, rows, (_, before) => before + rows);
            }
        });
        listener.Start();
        var receipt = await watched.Database.IngestAsync(month.Write("more.csv", [.. month.Rows.Skip(100).Take(500), month.Rows[100], "x"u8.ToArray()]));
        counted.ToDictionary().ShouldBe(
            new Dictionary<string, long> { ["rated"] = receipt.Outcomes.Rated, ["unanswered"] = receipt.Outcomes.Unanswered, ["suspended"] = receipt.Outcomes.Suspended, ["duplicate"] = receipt.Outcomes.Duplicate, ["rejected"] = receipt.Outcomes.Rejected }
                .Where(outcome => outcome.Value > 0), ignoreOrder: true);
        counted.Count.ShouldBeGreaterThan(3);
    }

    [Fact]
    public async Task A_request_leaves_no_number_in_its_span()
    {
        using var spans = new Spans();
        using var staff = await watched.Server.ClientAsync([Roles.Finance]);
        (await staff.GetAsync("/api/v1/contracts/C-1001/calls?month=2026-10&number=05033010001")).EnsureSuccessStatusCode();
        await Poll.UntilAsync("the request's span has ended", () => Task.FromResult(spans.Ended.Any(span => span.Source.Name == "Microsoft.AspNetCore")));
        spans.Said().ShouldNotContain("5033010001");
    }

    [Fact]
    public async Task Spans_lead_from_the_rows_of_a_file_to_the_lines_of_an_invoice_and_name_no_number()
    {
        const string Caller = "05033000001";
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Caller));
        using var spans = new Spans();
        await world.IngestAsync(world.Call(Caller, BilledWorld.Mobile, "2026-10-05T10:00:00"), world.Call(Caller, BilledWorld.Fixed, "2026-10-05T11:00:00"));
        await world.IngestAsync(world.Call(Caller, BilledWorld.NewYork, "2026-10-06T10:00:00"));
        await world.IssueAsync(BilledWorld.October);
        var lines = (await world.InvoiceAsync("C-1", BilledWorld.October)).Lines;

        var files = spans.Of("ingest file");
        files.Select(file => file.GetTagItem("billing.delivery")).ShouldBe([1L, 2L]);
        var batches = spans.Of("write batch");
        batches.Select(batch => (batch.ParentSpanId, batch.GetTagItem("billing.delivery"), batch.GetTagItem("billing.first_line"), batch.GetTagItem("billing.last_line")))
            .ShouldBe([(files[0].SpanId, 1L, 2L, 3L), (files[1].SpanId, 2L, 2L, 2L)]);
        spans.Ended.ShouldContain(span => span.Source.Name == "Npgsql" && span.ParentSpanId == batches[0].SpanId);

        var invoice = spans.Of("issue invoice").ShouldHaveSingleItem();
        (invoice.GetTagItem("billing.invoice"), invoice.GetTagItem("billing.month")).ShouldBe(("202610-C-1", "2026-10"));
        invoice.Links.Select(link => link.Context.SpanId).ShouldBe(files.Select(file => file.SpanId));
        invoice.Events.Select(line => $"{line.Tags.Single(tag => tag.Key == "billing.section").Value} {line.Tags.Single(tag => tag.Key == "billing.code").Value}")
            .ShouldBe(lines.Select(line => $"{line.Section} {line.Code}"));
        spans.Of("issue month").ShouldHaveSingleItem().SpanId.ShouldBe(spans.Of("issue invoices").ShouldHaveSingleItem().ParentSpanId);

        foreach (var number in (string[])[Caller, BilledWorld.Mobile, BilledWorld.Fixed, BilledWorld.NewYork])
        {
            spans.Said().ShouldNotContain(number[1..]);
        }
    }

    private static async Task<HttpStatusCode> FetchAsync(HttpClient client, string? from)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (from is not null)
        {
            request.Headers.Add("X-Forwarded-For", from);
        }

        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>A server behind a proxy, on a database in which some things are not as they should be.</summary>
    public sealed class Watched : IAsyncLifetime
    {
        private readonly MonthFiles _month = new();

        public DatabaseFixture Database { get; } = new();

        internal Server Server { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await Database.InitializeAsync();
            await MonthFiles.LearnAsync(Database);
            await Database.IngestAsync(_month.Write("calls.csv", _month.Rows.Take(100)));
            await Database.ExecuteAsync(
                """
                update billing.deliveries set received_at = now() - interval '2 hours';
                insert into billing.suspense select gen_random_uuid(), 'suspense-sw-9-2026-10', 'sw-9', 'r' || i, 'no-price', '2026-10-01', 1, i, null from generate_series(1, 2) i;
                insert into billing.parked_invoices values ('C-1001', '2026-10-01', '§8', 'made up', now());
                insert into billing.webhook_deliveries (id, subscription, notice, type, state, created_at) select gen_random_uuid(), gen_random_uuid(), i, 'InvoiceIssued', 'failed', now() from generate_series(1, 2) i;
                insert into billing.limit_mails (id, notice, contract, address, state, created_at) values (gen_random_uuid(), 1, 'C-1001', 'keiri@example.jp', 'failed', now());
                """);
            Server = await Server.StartAsync(Database.ConnectionString, ("spool", _month.Folder), ("trusted-proxies", "127.0.0.1"));
            await Poll.UntilAsync("the figures are read", () => Task.FromResult(Figures().ContainsKey("billing.dead.letters")));
        }

        public async Task DisposeAsync()
        {
            await Server.DisposeAsync();
            await Database.DisposeAsync();
            _month.Dispose();
        }

        /// <summary>What this one server reads from the database, by name and tags: other tests have servers in the process.</summary>
        public IDictionary<string, double> Figures()
        {
            var own = Server.Services.GetRequiredService<IMeterFactory>();
            var figures = new ConcurrentDictionary<string, double>();
            using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Scope == own) { listener.EnableMeasurementEvents(instrument); } } };
            listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => figures[Name(instrument, tags)] = value);
            listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => figures[Name(instrument, tags)] = value);
            listener.Start();
            listener.RecordObservableInstruments();
            return figures;

            static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
                string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal).Prepend(instrument.Name));
        }
    }

    /// <summary>Collects the spans of what the test itself does from here on, wherever they end.</summary>
    private sealed class Spans : IDisposable
    {
        private readonly Activity _root = new Activity("test").SetIdFormat(ActivityIdFormat.W3C);
        private readonly ActivityListener _listener;
        private readonly ConcurrentQueue<Activity> _ended = new();

        public Spans()
        {
            _root.ActivityTraceFlags = ActivityTraceFlags.Recorded;
            _root.Start();
            _listener = new ActivityListener
            {
                ShouldListenTo = source => Telemetry.Sources.Contains(source.Name),
                Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == _root.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
                ActivityStopped = span =>
                {
                    if (span.TraceId == _root.TraceId)
                    {
                        _ended.Enqueue(span);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public IReadOnlyCollection<Activity> Ended => _ended;

        public IReadOnlyList<Activity> Of(string name) => [.. _ended.Where(span => span.Source.Name == Telemetry.Name && span.OperationName == name).OrderBy(span => span.StartTimeUtc)];

        /// <summary>Everything that they say but their own ids.</summary>
        public string Said() => string.Join('\n', _ended.SelectMany(span => span.TagObjects.Concat(span.Events.SelectMany(happened => happened.Tags)).Concat(span.Links.SelectMany(link => link.Tags ?? []))
            .Select(tag => $"{tag.Key}={tag.Value}").Append(span.DisplayName)));

        public void Dispose()
        {
            _listener.Dispose();
            _root.Stop();
        }
    }
}
