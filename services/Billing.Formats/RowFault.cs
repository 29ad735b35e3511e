using Billing.Contracts;

namespace Billing.Formats;

/// <summary>Why a row is refused.</summary>
/// <param name="Field">The column of <c>cdr v1</c>, or the column of the switch's file; empty when it is the whole row.</param>
/// <param name="Detail">What is wrong; holds no number of a party.</param>
public sealed record RowFault(RejectReason Reason, string Field, string Detail)
{
    public override string ToString() => $"{Words.Of(Reason)}{(Field.Length > 0 ? $" {Field}" : "")}: {Detail}";
}
