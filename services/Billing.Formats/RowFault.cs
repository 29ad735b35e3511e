using Billing.Contracts;

namespace Billing.Formats;

/// <summary>Why a row is refused.</summary>
/// <param name="Field">The column of <c>cdr v1</c>, or the column of the switch's file; empty when it is the whole row.</param>
/// <param name="Detail">What is wrong; holds no number of a party.</param>
public sealed record RowFault(RejectReason Reason, string Field, string Detail)
{
    /// <summary>A text of the file as a detail shows it: its beginning, when it is long.</summary>
    internal static string Shown(string text, int most = 40) => text.Length > most ? text[..most] + "…" : text;

    public override string ToString() => $"{Words.Of(Reason)}{(Field.Length > 0 ? $" {Field}" : "")}: {Detail}";
}
