using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.EventLog;
using Billing.Service.Explaining;
using Billing.Service.Hosting.MonthClose;
using Billing.Service.Invoicing;
using Billing.Service.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Wolverine;

namespace Billing.Service.Tests.Explaining;

/// <summary>The demo month with every outcome and every reason, taken in and issued, behind a server.</summary>
public sealed class ExplainedMonth : IAsyncLifetime
{
    public DatabaseFixture Database { get; } = new();

    internal Server Server { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Database.InitializeAsync();
        await MonthFiles.LearnAsync(Database);
        using var month = new MonthFiles();
        await Database.IngestAsync(month.Write("calls.csv", month.Rows));
        Server = await Server.StartAsync(Database.ConnectionString);
        await using var scope = Server.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IMessageBus>().InvokeAsync(new IssueMonth(MonthFiles.Month));
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        await Database.DisposeAsync();
    }
}

internal static class Explained
{
    /// <summary>The explanation of a call that is there, with what it was rated with.</summary>
    public static async Task<CallExplanation> ExplainAsync(this DatabaseFixture database, string name, NodaTime.Instant? asOf = null, bool reveal = false) =>
        (await database.TryExplainAsync(name, asOf, reveal)).ShouldNotBeNull(name);

    public static async Task<CallExplanation?> TryExplainAsync(this DatabaseFixture database, string name, NodaTime.Instant? asOf = null, bool reveal = false)
    {
        CallName.TryParse(name, out var call).ShouldBeTrue(name);
        return await new ExplainCall(database.Database).RunAsync(call, asOf, reveal, CancellationToken.None);
    }

    public static async Task<LineExplanation> ExplainLineAsync(this DatabaseFixture database, InvoiceIssued issued, int line, Part? part = null) =>
        (await new ExplainLine(database.Database).RunAsync(issued, line, part ?? Part.First, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>The issued invoices of a month.</summary>
    public static async Task<IReadOnlyList<InvoiceIssued>> IssuedAsync(this DatabaseFixture database, Contracts.UsageMonth month)
    {
        var all = new List<InvoiceIssued>();
        await foreach (var issued in ShowInvoice.OfMonthAsync(database.Database, month, CancellationToken.None))
        {
            all.Add(issued);
        }

        return all;
    }

    /// <summary>The names of calls, <c>source/record id</c>.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(this DatabaseFixture database, string tableAndWhere)
    {
        await using var command = database.Database.CreateCommand($"select source || '/' || record_id from billing.{tableAndWhere}");
        await using var reader = await command.ExecuteReaderAsync();
        var names = new List<string>();
        while (await reader.ReadAsync())
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    /// <summary>Appends an event as the bulk append does, without any projection.</summary>
    public static async Task AppendAsync<T>(this DatabaseFixture database, string stream, string type, T body)
    {
        var events = new EventBuffer();
        events.Add(events.Stream(stream), Guid.NewGuid(), System.Text.Encoding.ASCII.GetBytes(type), JsonSerializer.SerializeToUtf8Bytes(body, BillingStore.Json), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        await using var connection = await database.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await EventAppend.WriteAsync(connection, events, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
