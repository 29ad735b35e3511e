using Billing.Service.Hosting;

namespace Billing.Service.Ingestion.Broker;

/// <summary>What <see cref="BillingSettings"/> say about the broker (AMQP 0-9-1, RabbitMQ) that call records come from and events go to.</summary>
/// <param name="Address">Where it is, with user and password; null when there is none.</param>
/// <param name="Queue">The queue of call records.</param>
/// <param name="Prefetch">How many messages one process holds at a time, and takes in at the same time.</param>
/// <param name="Events">The topic exchange to which events are published; null when they are not.</param>
public sealed record BrokerSettings(Uri? Address, string Queue, ushort Prefetch, string? Events = null)
{
    private const int LongestName = 200;

    /// <summary>The settings there are.</summary>
    internal static IReadOnlyList<SettingDefinition> Definitions { get; } =
    [
        new("broker", ["BILLING_BROKER"], null, "Address of a RabbitMQ from whose queue serve takes call records: amqp://user:password@host:5672, or amqps", IsSecret: true),
        new("broker-queue", ["BILLING_BROKER_QUEUE"], "billing.cdr", "The queue; what can not be read goes to the queue of that name with .dead behind it"),
        new("broker-prefetch", ["BILLING_BROKER_PREFETCH"], "4", "Messages that a process takes in at the same time; it holds no more"),
        new("broker-events", ["BILLING_BROKER_EVENTS"], null, "Topic exchange of that RabbitMQ to which events are published as CloudEvents, such as billing.events; none when absent"),
    ];

    /// <summary>The queue of the messages that can not be read.</summary>
    public string DeadQueue => $"{Queue}.dead";

    /// <summary>Queue and place in one short phrase for messages, without user and password.</summary>
    public string Place => PlaceOf(Queue);

    /// <summary>The same of the exchange.</summary>
    public string EventsPlace => PlaceOf(Events);

    /// <summary>The password must not come into a log with it.</summary>
    public override string ToString() => Place;

    /// <exception cref="SettingException">The address is none, or a number is out of its bounds.</exception>
    internal static BrokerSettings Of(BillingSettings settings)
    {
        var broker = new BrokerSettings(
            settings.Text("broker") is { } text ? Read(text) ?? throw new SettingException("broker: an address such as amqp://user:password@host:5672 is expected") : null,
            Name(settings, "broker-queue")!,
            (ushort)settings.Whole("broker-prefetch", 1, 1000),
            Name(settings, "broker-events"));
        return broker is { Events: not null, Address: null } ? throw new SettingException("broker-events: events go to the broker that BILLING_BROKER names, and it names none") : broker;
    }

    /// <summary>The same for a command that can do nothing without a broker.</summary>
    /// <exception cref="SettingException">There is none.</exception>
    internal static BrokerSettings Needed(BillingSettings settings) => Of(settings) is { Address: not null } broker
        ? broker
        : throw new SettingException("no broker: set BILLING_BROKER to an address such as amqp://user:password@host:5672", IsUsage: false);

    /// <summary>The address as people may see it.</summary>
    internal static string WithoutSecrets(string address) =>
        Read(address) is { } uri ? $"{uri.Scheme}://{(uri.UserInfo.Length > 0 ? "***@" : "")}{uri.Host}:{Port(uri)}{(uri.AbsolutePath == "/" ? "" : uri.AbsolutePath)}" : "(no address)";

    private static string? Name(BillingSettings settings, string setting) => settings.Text(setting) is not { } name ? null
        : name.Length > LongestName || name.Any(char.IsControl) || name.StartsWith("amq.", StringComparison.Ordinal)
            ? throw new SettingException($"{setting}: a name of at most {LongestName} characters is expected that does not begin with amq.")
        : name;

    private string PlaceOf(string? name) => $"{name} at {Address?.Host}:{Port(Address)}";

    private static Uri? Read(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps" && uri.Host.Length > 0 && uri.Segments.Length <= 2 ? uri : null;

    private static int? Port(Uri? address) => address is { Port: < 0 } ? address.Scheme == "amqps" ? 5671 : 5672 : address?.Port;
}
