using System.Text.Json;
using Billing.Contracts.Events;
using Billing.Service.Hosting;
using NodaTime;
using Npgsql;
using Wolverine;
using Wolverine.Attributes;

namespace Billing.Service.Notices;

/// <summary>Sends one mail of a limit alert. Receivers tell a repeat by its <c>Message-Id</c>.</summary>
[MessageIdentity("send_limit_mail")]
public sealed record SendLimitMail(Guid Mail);

public static class SendLimitMailHandler
{
    /// <summary>A mail that is not taken is sent again later by the durable queue, as webhooks are, unless the server refused it for good.</summary>
    public static async Task<OutgoingMessages> Handle(
        SendLimitMail message, NpgsqlDataSource database, MailClient client, BillingSettings settings, IClock clock, CancellationToken cancel)
    {
        if (await LimitMails.FindAsync(database, message.Mail, cancel) is not { State: LimitMail.Pending } mail
            || await ReadNotices.FindAsync(database, mail.Notice, cancel) is not { } notice)
        {
            return [];
        }

        var now = clock.GetCurrentInstant();
        var answer = await client.SendAsync(mail, notice.Data.Deserialize<UsageLimitReached>(BillingStore.Json)!, now, cancel);
        var next = answer.Error is null || answer.IsFinal ? null : NextAttempt.After(settings, mail.Attempts);
        var state = answer.Error is null ? LimitMail.Sent : next is null ? LimitMail.Failed : LimitMail.Pending;
        await LimitMails.NoteAsync(database, mail, answer.Error, state, now, NextAttempt.At(now, next), cancel);
        var messages = new OutgoingMessages();
        if (next is { } wait)
        {
            messages.Delay(message, wait);
        }

        return messages;
    }
}
