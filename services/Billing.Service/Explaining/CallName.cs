using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Billing.Service.Explaining;

/// <summary>A call as people name it: <c>SOURCE/ID</c>. A record id may hold slashes, a source never does.</summary>
public sealed record CallName(string Source, string RecordId)
{
    private const int LongestSource = 64;
    private const int LongestRecordId = 128;

    internal byte[] SourceUtf8 => Encoding.ASCII.GetBytes(Source);

    internal byte[] RecordIdUtf8 => Encoding.ASCII.GetBytes(RecordId);

    /// <summary>Splits at the first slash; false when one side can be no source or record id of the format.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out CallName? name)
    {
        var slash = text?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        name = slash < 0 ? null : Of(text![..slash], text[(slash + 1)..]);
        return name is not null;
    }

    /// <summary>Null when one of them can be none of the format.</summary>
    public static CallName? Of(string source, string recordId) =>
        source.Length is > 0 and <= LongestSource && source.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        && recordId.Length is > 0 and <= LongestRecordId && recordId.All(c => c is >= ' ' and <= '~')
            ? new CallName(source, recordId)
            : null;

    public override string ToString() => $"{Source}/{RecordId}";
}
