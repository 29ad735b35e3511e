using System.Security.Cryptography;
using System.Text;

namespace Billing.Formats.Joining;

/// <summary>One of the two rows of a call, with the columns that the profile needs of it.</summary>
/// <param name="Key">What both halves of a call have in common.</param>
/// <param name="Role"><c>start</c> or <c>end</c>.</param>
/// <param name="Line">Where it stood in its file.</param>
/// <param name="Columns">The columns by their names in the file.</param>
public sealed record CallHalf(string Source, string Key, string Role, long Line, IReadOnlyDictionary<string, string> Columns)
{
    public const string Start = "start";
    public const string End = "end";

    /// <summary>The same for the same half of the same call, however often it comes.</summary>
    public Guid Id { get; } = IdOf(Source, Key, Role);

    internal string OtherRole => Role == Start ? End : Start;

    internal bool IsSameAs(CallHalf other) => Columns.Count == other.Columns.Count && Columns.All(column => other.Columns.GetValueOrDefault(column.Key) == column.Value);

    private static Guid IdOf(string source, string key, string role) =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\0{key}\0{role}")).AsSpan(0, 16), bigEndian: true);
}
