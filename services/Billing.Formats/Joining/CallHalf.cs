using System.Security.Cryptography;
using System.Text;

namespace Billing.Formats.Joining;

/// <summary>One of the two rows of a call, or one of its parts, with the columns that the profile needs of it.</summary>
/// <param name="Key">What all rows of a call have in common.</param>
/// <param name="Role"><c>start</c>, <c>end</c>, or the text of its <see cref="Place"/>.</param>
/// <param name="Line">Where it stood in its file.</param>
/// <param name="Columns">The columns by their names in the file.</param>
public sealed record CallHalf(string Source, string Key, string Role, long Line, IReadOnlyDictionary<string, string> Columns)
{
    public const string Start = "start";
    public const string End = "end";
    public const string Part = "part";

    /// <summary>Where it belongs in its call.</summary>
    internal PartPlace Place { get; } = PartPlace.Of(Role);

    /// <summary>The same for the same half of the same call, however often it comes and whatever it says.</summary>
    public Guid Id { get; } = IdOf($"{Source}\0{Key}\0{PartPlace.Of(Role).Identity ?? Role}");

    /// <summary>The same for halves that say the same.</summary>
    internal Guid Content => IdOf(string.Join('\0', Columns.OrderBy(column => column.Key, StringComparer.Ordinal).Select(column => $"{column.Key}\0{column.Value}")));

    internal bool IsSameAs(CallHalf other) => Columns.Count == other.Columns.Count && Columns.All(column => other.Columns.GetValueOrDefault(column.Key) == column.Value);

    private static Guid IdOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16), bigEndian: true);
}
