using Billing.Service.Access;
using Billing.Service.Hosting;

namespace Billing.Service.Ingestion;

/// <summary>What <see cref="BillingSettings"/> say about bodies of call records that are sent over HTTP.</summary>
/// <param name="Folder">Where they lie until they are taken in.</param>
/// <param name="MostBodies">How many may lie there, those counted that are being sent.</param>
/// <param name="MostBytes">How many bytes may lie there.</param>
/// <param name="Free">How many bytes of the disk they leave free.</param>
/// <param name="AtOnce">How many are taken in at the same time while their senders wait.</param>
/// <param name="LongestRequest">A request that takes longer is given up.</param>
public sealed record SpoolSettings(string Folder, int MostBodies, long MostBytes, long Free, int AtOnce, TimeSpan LongestRequest)
{
    /// <summary>The settings there are.</summary>
    internal static IReadOnlyList<SettingDefinition> Definitions { get; } =
    [
        new("spool", ["BILLING_SPOOL"], null, "Folder in which large bodies wait until they are taken in; one of several processes must find those of the others"),
        new("spool-bodies", ["BILLING_SPOOL_BODIES"], "1000", "Bodies that may lie there; the sender of another one is told to come again"),
        new("spool-bytes", ["BILLING_SPOOL_BYTES"], "21474836480", "Bytes that may lie there"),
        new("spool-free", ["BILLING_SPOOL_FREE"], "268435456", "Bytes of its disk that stay free"),
        new("batches-at-once", ["BILLING_BATCHES_AT_ONCE"], "4", "Bodies that are taken in at the same time while their senders wait; the others wait as files"),
    ];

    internal static SpoolSettings Of(BillingSettings settings) => new(
        settings.Spool,
        (int)settings.Whole("spool-bodies", 1, 1_000_000),
        settings.Whole("spool-bytes", 1, long.MaxValue / 4),
        settings.Whole("spool-free", 0, long.MaxValue / 4),
        (int)settings.Whole("batches-at-once", 1, 1000),
        AccessSettings.Of(settings).LongRequestTimeout);
}
