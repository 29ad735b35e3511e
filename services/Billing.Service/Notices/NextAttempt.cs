using Billing.Service.Hosting;
using NodaTime;

namespace Billing.Service.Notices;

/// <summary>When what was sent to the outside in vain is sent again: after the waits of the settings, one after the other, until there is none left.</summary>
internal static class NextAttempt
{
    /// <param name="attempts">Those before the one that just failed.</param>
    /// <returns>How long to wait; null when it is given up.</returns>
    public static TimeSpan? After(BillingSettings settings, int attempts) =>
        settings.WebhookBackoff.Skip(attempts).Select(delay => (TimeSpan?)delay).FirstOrDefault();

    /// <summary>The instant of it.</summary>
    public static Instant? At(Instant now, TimeSpan? wait) => wait is { } delay ? now + Duration.FromTimeSpan(delay) : null;
}
