using System.Net.Mail;
using Billing.Service.Hosting;
using MailKit.Security;

namespace Billing.Service.Notices;

/// <summary>The server that mails leave through, as <see cref="BillingSettings"/> name it.</summary>
/// <param name="User">Null for a server that asks nobody who they are.</param>
/// <param name="From">The address that mails come from.</param>
public sealed record MailSettings(string Host, int Port, string? User, string? Password, string From, SecureSocketOptions Security)
{
    /// <summary>The settings there are.</summary>
    internal static IReadOnlyList<SettingDefinition> Definitions { get; } =
    [
        new("smtp-host", ["BILLING_SMTP_HOST"], null, "Mail server (SMTP) that sends limit alerts; nothing is mailed when absent"),
        new("smtp-port", ["BILLING_SMTP_PORT"], "587", "Its port"),
        new("smtp-security", ["BILLING_SMTP_SECURITY"], "starttls", "starttls, tls (from the first byte on) or none"),
        new("smtp-user", ["BILLING_SMTP_USER"], null, "As whom the service signs in there; it does not when absent"),
        new("smtp-password", ["BILLING_SMTP_PASSWORD"], null, "The password that goes with it", IsSecret: true),
        new("smtp-from", ["BILLING_SMTP_FROM"], null, "The address that mails come from; needed with smtp-host"),
    ];

    /// <summary>Null when no mail server is named.</summary>
    /// <exception cref="SettingException">A value is not what it should be.</exception>
    internal static MailSettings? Of(BillingSettings settings)
    {
        var (port, security) = ((int)settings.Whole("smtp-port", 1, 65535), Secure(settings.OneOf("smtp-security", "starttls", "tls", "none")));
        return settings.Text("smtp-host") is not { } host ? null
            : settings.Text("smtp-from") is { } from && MailAddress.TryCreate(from, out _)
                ? new MailSettings(host, port, settings.Text("smtp-user"), settings.Text("smtp-password"), from, security)
                : throw new SettingException("smtp-host: a mail address as smtp-from (BILLING_SMTP_FROM) is expected with it");
    }

    private static SecureSocketOptions Secure(string text) => text switch
    {
        "starttls" => SecureSocketOptions.StartTls,
        "tls" => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };
}
