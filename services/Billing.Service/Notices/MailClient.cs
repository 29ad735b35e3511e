using System.Net.Sockets;
using Billing.Contracts.Events;
using Billing.Service.Hosting;
using Billing.Service.Invoicing;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using NodaTime;

namespace Billing.Service.Notices;

/// <summary>What came of one attempt: null when the mail server took the mail, else what was in the way.</summary>
/// <param name="IsFinal">True when another attempt would end the same.</param>
public sealed record MailAnswer(string? Error, bool IsFinal = false);

/// <summary>Sends mails of limit alerts through the server that the settings name, one connection for each.</summary>
public sealed class MailClient(BillingSettings settings)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MailSettings? _server = MailSettings.Of(settings);

    /// <summary>False when no mail server is named: nothing is mailed.</summary>
    public bool IsConfigured => _server is not null;

    public async Task<MailAnswer> SendAsync(LimitMail mail, UsageLimitReached reached, Instant now, CancellationToken cancel)
    {
        if (_server is null)
        {
            // a command that runs beside the server may have other settings than it: the mail comes to it again
            return new MailAnswer("no mail server is set up (BILLING_SMTP_HOST)");
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using var client = new SmtpClient();
            await client.ConnectAsync(_server.Host, _server.Port, _server.Security, patience.Token);
            if (_server.User is { } user)
            {
                await client.AuthenticateAsync(user, _server.Password ?? "", patience.Token);
            }

            using var message = Message(_server, mail, reached, now);
            await client.SendAsync(message, patience.Token);
            await client.DisconnectAsync(quit: true, patience.Token);
            return new MailAnswer(null);
        }
        catch (SmtpCommandException refusal)
        {
            return new MailAnswer($"the mail server answered {(int)refusal.StatusCode}", IsFinal: (int)refusal.StatusCode >= 500);
        }
        catch (Exception fault) when (fault is ProtocolException or SocketException or IOException or AuthenticationException or SslHandshakeException or NotSupportedException)
        {
            return new MailAnswer(fault switch
            {
                AuthenticationException => "the mail server refused the sign-in",
                SslHandshakeException or NotSupportedException => "no enciphered connection to the mail server came about",
                _ => "the connection to the mail server failed",
            });
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new MailAnswer("no answer of the mail server in time");
        }
    }

    /// <summary>What is told, in both languages: sums of a month, no number and no call.</summary>
    private static MimeMessage Message(MailSettings server, LimitMail mail, UsageLimitReached reached, Instant now)
    {
        var message = new MimeMessage
        {
            Subject = $"{reached.Contract} {reached.Month}: 通話料が上限額の{reached.Percent}%に達しました / charges reached {reached.Percent}% of the limit",
            MessageId = $"{mail.Id:N}@{MailboxAddress.Parse(server.From).Domain}",
            Date = now.ToDateTimeOffset(),
            Body = new TextPart("plain")
            {
                Text = $"""
                    契約 {reached.Contract} の{reached.Month.Year}年{reached.Month.Month}月の通話料が {InvoiceText.Money(reached.Usage)}円 となり、上限額 {InvoiceText.Money(reached.Limit)}円 の {reached.Percent}% に達しました。
                    内訳は Billing Station の「今月のご利用」でご確認いただけます。

                    The charges of contract {reached.Contract} in {reached.Month} came to {InvoiceText.Money(reached.Usage)} yen, {reached.Percent}% of the limit of {InvoiceText.Money(reached.Limit)} yen.
                    Billing Station shows what they are made of.

                    """,
            },
        };
        message.From.Add(MailboxAddress.Parse(server.From));
        message.To.Add(MailboxAddress.Parse(mail.Address));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}
