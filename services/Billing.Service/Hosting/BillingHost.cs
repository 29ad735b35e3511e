using Billing.Contracts.Json;
using Billing.Service.Access;
using Billing.Service.Hosting.MonthClose;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Ingestion;
using Billing.Service.Ingestion.Broker;
using Billing.Service.Ingestion.Kafka;
using Billing.Service.Ingestion.Watching;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using Billing.Service.Notices;
using Billing.Service.Sharding;
using JasperFx;
using JasperFx.CodeGeneration;
using JasperFx.Core;
using Marten;
using Marten.Exceptions;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Configuration;
using Wolverine.ErrorHandling;
using Wolverine.Http;
using Wolverine.Marten;
using Wolverine.Middleware;
using Wolverine.Transports.Local;
using Wolverine.Util;

namespace Billing.Service.Hosting;

/// <summary>
/// Puts the service together: Marten on one shared data source, Wolverine with its inbox and outbox in the schema
/// <c>billing_queue</c>, and for the server the web application. The schema is never changed from here, see <see cref="Schema"/>.
/// </summary>
public static class BillingHost
{
    public const string QueueSchema = "billing_queue";

    /// <summary>A host that is built but not started.</summary>
    public static IHost Build(BillingSettings settings, HostMode mode)
    {
        if (mode == HostMode.OneShot)
        {
            var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
            Configure(builder, settings, mode);
            return builder.Build();
        }

        var web = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = Environment.CurrentDirectory });
        Configure(web, settings, mode);
        WebHost.Configure(web, settings);
        var app = web.Build();
        WebHost.Map(app);
        return app;
    }

    private static void Configure(IHostApplicationBuilder builder, BillingSettings settings, HostMode mode)
    {
        Logs.Configure(builder.Logging, settings, mode);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<IClock>(SystemClock.Instance);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(_ => CreateDataSource(settings, mode));
        builder.Services.AddMarten(services => CreateStoreOptions(services.GetRequiredService<NpgsqlDataSource>()))
            .UseLightweightSessions()
            .IntegrateWithWolverine(integration =>
            {
                integration.MessageStorageSchemaName = QueueSchema;
                integration.AutoCreate = AutoCreate.None;
                integration.UseWolverineManagedEventSubscriptionDistribution = true;
            });
        builder.Services.AddSingleton<KnowledgeCache>();
        builder.Services.AddSingleton<Shards>();
        builder.Services.AddSingleton(services => new IngestFile(services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<KnowledgeCache>(), services.GetRequiredService<TimeProvider>())
        {
            Shards = services.GetRequiredService<Shards>(),
        });
        builder.Services.AddSingleton<TimeOutHalves>();
        builder.Services.AddScoped<KeepAccounts>();
        builder.Services.AddScoped<KeepKeys>();
        builder.UseWolverine(options => ConfigureWolverine(options, settings, mode));
        builder.Services.AddSingleton<WebhookClient>();
        builder.Services.AddSingleton<EventExchange>();
        builder.Services.AddSingleton<MailClient>();
        builder.Services.SubscribeToEvents(new PublishNotices(BrokerSettings.Of(settings).Events is not null));
        if (mode == HostMode.Serve)
        {
            Telemetry.Configure(builder.Services, settings);
            builder.Services.AddHostedService<MonthCloseScheduler>();
            builder.Services.AddHostedService<TimeOutHalvesHourly>();
            builder.Services.AddSingleton(WatchSettings.Of(settings));
            builder.Services.AddSingleton(BrokerSettings.Of(settings));
            builder.Services.AddSingleton<TakeInMessage>();
            builder.Services.AddSingleton<HoldMessage>();
            builder.Services.AddSingleton(KafkaSettings.Of(settings));
            builder.Services.AddSingleton<TakeInRecords>();
            if (!settings.IsOfShard)
            {
                // a shard gets its rows from whoever takes files in at the main database
                builder.Services.AddHostedService<WatchFolders>();
                builder.Services.AddHostedService<TakeInMessages>();
                builder.Services.AddHostedService(services => services.GetRequiredService<TakeInRecords>());
                builder.Services.AddHostedService<InformShards>();
            }
        }
    }

    /// <summary>The connections of one process. The schema's framework commands run without a database as far as they can.</summary>
    public static NpgsqlDataSource CreateDataSource(BillingSettings settings, HostMode mode)
    {
        var connection = mode == HostMode.Framework && !settings.HasDatabase ? "Host=127.0.0.1;Username=billing;Database=billing" : settings.Database;
        var builder = new NpgsqlDataSourceBuilder(connection);
        // what figures and spans call the pool: not its connection string
        builder.Name = "billing";
        builder.ConnectionStringBuilder.ApplicationName ??= mode == HostMode.Serve ? "billing serve" : "billing";
        return builder.Build();
    }

    /// <summary>The store's options; at run time the schema is left alone.</summary>
    public static StoreOptions CreateStoreOptions(NpgsqlDataSource database)
    {
        var options = new StoreOptions();
        BillingStore.Configure(options, database, createSchema: false);
        return options;
    }

    private static void ConfigureWolverine(WolverineOptions options, BillingSettings settings, HostMode mode)
    {
        options.ServiceName = "billing";
        options.ApplicationAssembly = typeof(BillingHost).Assembly;
        options.AutoBuildMessageStorageOnStartup = AutoCreate.None;
        // the schema was looked at before; Wolverine's own look at its tables would refuse what a newer version has added to them
        options.ResourceMigrationFailureMode = ResourceMigrationFailureMode.ContinueOnFailures;
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
        options.CodeGeneration.AddContinuationStrategy<RefusalContinuation>();
        options.UseSystemTextJsonForSerialization(BillingJson.Apply);

        options.Policies.AutoApplyTransactions();
        options.Policies.UseDurableLocalQueues();
        options.Policies.UseDurableInboxOnAllListeners();
        options.Policies.UseDurableOutboxOnAllSendingEndpoints();
        options.MessagePartitioning.ByMessage<IContractMessage>(message => message.Contract)
            .PublishToPartitionedLocalMessaging("contracts", 4, queues =>
            {
                queues.MessagesImplementing<IContractMessage>();
                queues.MaxDegreeOfParallelism = PartitionSlots.Three;
                queues.ConfigureQueues(queue => queue.UseDurableInbox());
            });

        // what waits has a queue; all else is invoked where it is asked for, and a queue for it would only listen and ask the database
        options.Policies.DisableConventionalLocalRouting();
        QueueOf<CloseMonth>(options);
        QueueOf<IssueMonth>(options).MaximumParallelMessages(1); // the run over a month's contracts takes as long as it takes
        QueueOf<TakeInBatch>(options).MaximumParallelMessages(2);
        QueueOf<SendWebhook>(options).MaximumParallelMessages(8);
        QueueOf<SendLimitMail>(options).MaximumParallelMessages(2);

        // Only what the server says it has rolled back is tried again: after a lost connection the outcome is unknown.
        options.Policies.OnException<Exception>(IsContention)
            .RetryWithCooldown(20.Milliseconds(), 40.Milliseconds(), 80.Milliseconds(), 160.Milliseconds(), 320.Milliseconds(), 500.Milliseconds(), 750.Milliseconds(), 1.Seconds())
            .WithFullJitter();
        options.Policies.OnException<RefusedException>().MoveToErrorQueue();

        options.Durability.Mode = DurabilityMode.Balanced;
        options.Durability.DeadLetterQueueExpirationEnabled = false;
        // A command that is over in seconds never stands for leadership; a long one takes its part as any other node.
        options.Durability.FirstHealthCheckExecution = mode == HostMode.Serve ? 500.Milliseconds() : 5.Seconds();
        options.Durability.HealthCheckPollingTime = 2.Seconds();
        options.Durability.CheckAssignmentPeriod = 5.Seconds();
        options.Durability.StaleNodeTimeout = settings.NodeTimeout;
    }

    /// <summary>The queue of a message, named after it.</summary>
    private static LocalQueueConfiguration QueueOf<T>(WolverineOptions options) => options.PublishMessage<T>().ToLocalQueue(typeof(T).ToMessageTypeName());

    /// <summary>True when two writers met and the loser's work is known to be undone.</summary>
    internal static bool IsContention(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            if (inner is ConcurrencyException or ExistingStreamIdCollisionException
                or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected })
            {
                return true;
            }
        }

        return false;
    }
}
