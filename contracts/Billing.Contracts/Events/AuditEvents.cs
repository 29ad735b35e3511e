namespace Billing.Contracts.Events;

/// <summary>
/// Somebody saw called numbers in full (通信の秘密): on <c>audit-{yyyy-MM}</c> of the Tokyo month, appended before they are shown.
/// </summary>
/// <param name="What">What was shown: a call as <c>source/record id</c>.</param>
/// <param name="Reason">Why, in the words of who asked.</param>
public sealed record NumbersRevealed(string What, string Reason, string By);
