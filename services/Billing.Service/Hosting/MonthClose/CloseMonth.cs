using Billing.Contracts;
using Billing.Rating;
using Marten;
using NodaTime;
using Wolverine;
using Wolverine.Attributes;

namespace Billing.Service.Hosting.MonthClose;

/// <summary>
/// A month is over (月次締め): its invoices are to be issued. Scheduled for the first day of the next month in Tokyo, and each
/// schedules the one after it.
/// </summary>
[MessageIdentity(CloseMonth.Name)]
public sealed record CloseMonth(UsageMonth Month)
{
    public const string Name = "close_month";

    /// <summary>When the month is closed: 00:00 on the first of the next month in Tokyo, and the delay that is set.</summary>
    public Instant DueAt(TimeSpan delay) => Tokyo.BeginOf(Month.Plus(1).FirstDay) + Duration.FromTimeSpan(delay);

    /// <summary>The first close that still lies ahead.</summary>
    public static CloseMonth Next(Instant now, TimeSpan delay)
    {
        var next = new CloseMonth(MonthOf(now).Plus(-1));
        return next.DueAt(delay) > now ? next : new CloseMonth(next.Month.Plus(1));
    }

    /// <summary>When a close that is scheduled for some time is due under another delay, which is always shorter than a month.</summary>
    public static Instant Reschedule(Instant scheduledAt, TimeSpan delay) => new CloseMonth(MonthOf(scheduledAt).Plus(-1)).DueAt(delay);

    private static UsageMonth MonthOf(Instant instant) => UsageMonth.Of(Tokyo.At(instant).Date);
}

/// <summary>Asks for the invoices of a month; a contract that has its invoice already keeps it.</summary>
[MessageIdentity("issue_month")]
public sealed record IssueMonth(UsageMonth Month);

/// <summary>Passes the work on and schedules the next month, in one commit.</summary>
public static class CloseMonthHandler
{
    /// <param name="transaction">Nothing is stored in it; that it is asked for makes both messages leave with its commit.</param>
    public static (IssueMonth, ScheduledMessage<CloseMonth>) Handle(CloseMonth message, BillingSettings settings, IDocumentSession transaction)
    {
        _ = transaction;
        var next = new CloseMonth(message.Month.Plus(1));
        return (new IssueMonth(message.Month), next.ScheduledAt(next.DueAt(settings.MonthCloseDelay).ToDateTimeOffset()));
    }
}
