using System.Net.Mail;
using Billing.Contracts;
using Billing.Contracts.Events;
using Marten;
using NodaTime;

namespace Billing.Service.Usage;

/// <summary>
/// Keeps the mail addresses that are told of a contract's limit, on a stream of their own, <c>limit-alerts-{contract}</c>: a change of
/// the contract's stream would make every running ingest load all contracts again.
/// </summary>
public static class SetLimitAlertAddresses
{
    public const int Most = 10;

    /// <summary>From this share of the limit on a mail is sent.</summary>
    public const int LeastPercent = 80;

    private const string Rule = "R14";
    private const int Longest = 254;

    /// <summary>Sets the addresses, one a line; none of them ends the alerts.</summary>
    /// <returns>Why they are not set; null when they are.</returns>
    public static async Task<Refusal?> RunAsync(IDocumentStore store, string contract, string text, string by, Instant at, CancellationToken cancel)
    {
        string[] addresses = [.. text.Split(['\r', '\n', ',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.OrdinalIgnoreCase)];
        if (addresses.Length > Most)
        {
            return new Refusal(Rule, $"at most {Most} addresses are told");
        }

        if (addresses.FirstOrDefault(address => address.Length > Longest || !MailAddress.TryCreate(address, out var read) || read.Address != address) is not null)
        {
            return new Refusal(Rule, $"line {Array.FindIndex(addresses, address => !MailAddress.TryCreate(address, out var read) || read.Address != address) + 1} is no mail address");
        }

        await using var session = store.LightweightSession();
        session.Events.Append(StreamOf(contract), new LimitAlertAddressesSet(contract, addresses, by, at));
        await session.SaveChangesAsync(cancel);
        return null;
    }

    /// <summary>The addresses that are told now.</summary>
    public static async Task<IReadOnlyList<string>> FindAsync(IQuerySession session, string contract, CancellationToken cancel)
    {
        var events = await session.Events.FetchStreamAsync(StreamOf(contract), token: cancel);
        return events.Select(e => e.Data).OfType<LimitAlertAddressesSet>().LastOrDefault()?.Addresses ?? [];
    }

    private static string StreamOf(string contract) => $"limit-alerts-{contract}";
}
