using System.Globalization;

namespace Billing.Faults.Tests.Calls;

/// <summary>One call record as a switch delivers it.</summary>
internal sealed record Call(string Source, string RecordId, string Calling, string Called, DateTime StartedAt, bool Answered, int Milliseconds)
{
    public const string Header = "source,record_id,kind,mode,calling_number,called_number,started_at,answered_at,ended_at";

    /// <summary>The same identity with other content: it ends a second later.</summary>
    public Call Conflicting() => this with { Milliseconds = Milliseconds + 1000 };

    public string ToCsv()
    {
        var started = Text(StartedAt);
        return $"{Source},{RecordId},call,ip,{Calling},{Called},{started},{(Answered ? started : "")},{Text(StartedAt.AddMilliseconds(Milliseconds))}";
    }

    private static string Text(DateTime tokyo) => tokyo.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture) + "+09:00";
}
