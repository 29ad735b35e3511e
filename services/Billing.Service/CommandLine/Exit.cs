namespace Billing.Service.CommandLine;

/// <summary>The codes with which <c>billing</c> ends. <c>rate</c> has codes of its own, fixed by its format.</summary>
internal static class Exit
{
    public const int Done = 0;

    /// <summary>It could not be done: the database, a file, a defect.</summary>
    public const int Failed = 1;

    /// <summary>What was given in is refused, by a rule or because a document is not what it should be.</summary>
    public const int Refused = 2;

    /// <summary>The command line or a setting is not right.</summary>
    public const int Usage = 64;

    /// <summary>Stopped by Ctrl-C.</summary>
    public const int Interrupted = 130;
}
