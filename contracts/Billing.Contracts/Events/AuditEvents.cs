using NodaTime;

namespace Billing.Contracts.Events;

/// <summary>
/// Somebody saw called numbers in full (通信の秘密): on <c>audit-{yyyy-MM}</c> of the Tokyo month, appended before they are shown.
/// </summary>
/// <param name="What">What was shown: a call as <c>source/record id</c>.</param>
/// <param name="Reason">Why, in the words of who asked.</param>
/// <param name="Contract">The contract whose numbers they are; null when it was not noted.</param>
/// <param name="At">When; null in events from before it was noted, which know it from the log.</param>
public sealed record NumbersRevealed(string What, string Reason, string By, string? Contract = null, Instant? At = null);
