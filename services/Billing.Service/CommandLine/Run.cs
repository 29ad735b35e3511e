using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Billing.Service.Sharding;
using Marten;
using Npgsql;
using Weasel.Core;
using Wolverine;

namespace Billing.Service.CommandLine;

/// <summary>
/// Runs what a command does, with the store or with the whole host, and turns what goes wrong into one line on standard
/// error and an exit code.
/// </summary>
/// <example><code>
/// command.SetAction((parsed, cancellation) =&gt; Run.WithStore(parsed, async run =&gt;
/// {
///     var rows = await Read(run.Database, run.Cancellation);
///     run.Write(rows, text =&gt; text.WriteLine(…));           // JSON with --json, else for people
///     return Exit.Done;
/// }, cancellation));
/// </code></example>
internal static class Run
{
    /// <summary>Runs with the event store only: quick, no message handlers.</summary>
    /// <param name="flags">Settings that the command has options of its own for.</param>
    public static Task<int> WithStore(ParseResult parsed, Func<StoreRun, Task<int>> action, CancellationToken cancellation, params (string Name, string? Value)[] flags) =>
        Guarded(async () =>
        {
            var settings = await CommonOptions.SettingsOfShardAsync(parsed, cancellation, flags);
            using var sending = Telemetry.Send(settings);
            await using var database = BillingHost.CreateDataSource(settings, HostMode.OneShot);
            await Schema.EnsureAsync(settings, database, cancellation);
            using var store = new DocumentStore(BillingHost.CreateStoreOptions(database));
            await using var shards = new Shards(settings, database);
            return await action(new StoreRun(settings, database, shards, store, parsed.GetValue(CommonOptions.Json), cancellation));
        }, cancellation);

    /// <summary>Runs with the host: commands can be invoked, and what they cascade leaves through the outbox.</summary>
    /// <param name="start">False: only what the host is made of is needed, this process does not join the others.</param>
    public static Task<int> WithHost(ParseResult parsed, Func<HostRun, Task<int>> action, CancellationToken cancellation, bool start = true) =>
        Guarded(async () =>
        {
            var settings = await CommonOptions.SettingsOfShardAsync(parsed, cancellation);
            using var sending = Telemetry.Send(settings);
            using var host = BillingHost.Build(settings, HostMode.OneShot);
            await Schema.EnsureAsync(settings, host.Services.GetRequiredService<NpgsqlDataSource>(), cancellation);
            if (start)
            {
                await host.StartAsync(cancellation);
            }

            try
            {
                await using var scope = host.Services.CreateAsyncScope();
                return await action(new HostRun(settings, scope.ServiceProvider, parsed.GetValue(CommonOptions.Json), cancellation));
            }
            finally
            {
                if (start)
                {
                    await host.StopAsync(CancellationToken.None);
                }
            }
        }, cancellation);

    /// <summary>Runs an action that needs no database.</summary>
    public static async Task<int> Guarded(Func<Task<int>> action, CancellationToken cancellation)
    {
        try
        {
            return await action();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Error("interrupted; what was committed stays, the same command goes on from there");
            return Exit.Interrupted;
        }
        catch (Exception fault) when (Explain(fault) is { } explained)
        {
            Error(explained.Message);
            return explained.Code;
        }
        catch (Exception fault)
        {
            Error(Environment.GetEnvironmentVariable("BILLING_LOG")?.ToLowerInvariant() is "debug" or "trace"
                ? $"failed: {fault}"
                : $"failed: {fault.GetType().Name}: {fault.Message} (BILLING_LOG=Debug shows where)");
            return Exit.Failed;
        }
    }

    /// <summary>Says on standard error why something is refused; the code to end with.</summary>
    public static int Refuse(Refusal refusal)
    {
        Error(refusal.ToString());
        return Exit.Refused;
    }

    /// <summary>Says on standard error that there is no invoice of that number here, and where its contract is when that is another database; the code to end with.</summary>
    public static async Task<int> NoInvoiceAsync(CommandRun run, string number)
    {
        var elsewhere = InvoiceKeys.TryParse(number, out var contract, out _) ? await ShardPlace.OfContractElsewhereAsync(run.Database, contract, run.Cancellation) : null;
        Error($"there is no invoice {number}{(elsewhere is null ? "" : $" here, its contract is in {elsewhere}: --shard {elsewhere}")}");
        return Exit.Failed;
    }

    /// <summary>One line on standard error.</summary>
    public static void Error(string message) => Console.Error.WriteLine($"billing: {message}");

    /// <summary>What a person can do something about, in one line; null for a defect.</summary>
    private static (string Message, int Code)? Explain(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SettingException setting:
                    return (setting.Message, setting.IsUsage ? Exit.Usage : Exit.Failed);
                case SchemaException schema:
                    return (schema.Message, Exit.Failed);
                case SchemaMigrationException impossible:
                    return ($"the database's schema can not be brought up to date without losing data: {impossible.Message}", Exit.Failed);
                case RefusedException refused:
                    return (refused.Refusal.ToString(), Exit.Refused);
                case PostgresException { SqlState: Sharding.Configuration.ElsewhereState } elsewhere:
                    return ($"§1: {elsewhere.MessageText}", Exit.Refused);
                case PostgresException { SqlState: PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName } missing:
                    return ($"the database's schema is not up to date ({missing.MessageText}): run billing db-apply", Exit.Failed);
                case PostgresException { SqlState: "57P01" or "57P02" or "57P03" } stopping:
                    return ($"the database is stopping or starting ({stopping.MessageText}); the same command can be repeated", Exit.Failed);
                case PostgresException server:
                    return ($"the database answers: {server.MessageText} ({server.SqlState})", Exit.Failed);
                case NpgsqlException { InnerException: SocketException or IOException or TimeoutException } or SocketException:
                    return ($"the database can not be reached: {(inner.InnerException ?? inner).Message}", Exit.Failed);
            }
        }

        return fault is IOException or UnauthorizedAccessException ? (fault.Message, Exit.Failed) : null;
    }
}

/// <summary>What a running command has at hand.</summary>
internal abstract class CommandRun(BillingSettings settings, NpgsqlDataSource database, Shards shards, IDocumentStore store, bool asJson, CancellationToken cancellation)
{
    public BillingSettings Settings => settings;

    public NpgsqlDataSource Database => database;

    /// <summary>The databases over which contracts are spread, if they are.</summary>
    public Shards Shards => shards;

    public IDocumentStore Store => store;

    /// <summary>True when the result is asked for as JSON.</summary>
    public bool AsJson => asJson;

    public CancellationToken Cancellation => cancellation;

    /// <summary>Prints a result: as JSON when asked for, else as <paramref name="text"/> writes it for people.</summary>
    public void Write<T>(T result, Action<TextWriter> text)
    {
        if (asJson)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(result, Output.Json));
        }
        else
        {
            text(Console.Out);
        }
    }
}

/// <summary>A command with the event store.</summary>
internal sealed class StoreRun(BillingSettings settings, NpgsqlDataSource database, Shards shards, IDocumentStore store, bool asJson, CancellationToken cancellation)
    : CommandRun(settings, database, shards, store, asJson, cancellation);

/// <summary>A command with the started host.</summary>
internal sealed class HostRun(BillingSettings settings, IServiceProvider services, bool asJson, CancellationToken cancellation)
    : CommandRun(settings, services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<Shards>(), services.GetRequiredService<IDocumentStore>(), asJson, cancellation)
{
    public IServiceProvider Services => services;

    /// <summary>Invokes a command and gives its answer; see <see cref="RefusalContinuation"/>.</summary>
    public Task<CommandResult> Invoke(object command) =>
        services.GetRequiredService<IMessageBus>().InvokeAsync<CommandResult>(command, Cancellation);
}

/// <summary>How results are written for machines: by the published conventions.</summary>
internal static class Output
{
    public static JsonSerializerOptions Json { get; } = Create(indented: true);

    /// <summary>Results that come one after the other, a line each.</summary>
    public static JsonSerializerOptions JsonLine { get; } = Create(indented: false);

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions { WriteIndented = indented, NewLine = "\n" };
        BillingJson.Apply(options);
        return options;
    }
}
