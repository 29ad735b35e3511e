using System.CommandLine;

namespace Billing.Service.CommandLine;

/// <summary><c>billing dead-letters</c>: messages whose handling failed for good.</summary>
internal static class DeadLetterCommands
{
    public static Command Create() => new("dead-letters", "Lists, shows and replays messages whose handling failed for good.");
}
