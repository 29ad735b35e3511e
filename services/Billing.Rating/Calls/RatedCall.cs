using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Billing.Contracts;
using Billing.Rating.Numbers;
using Billing.Rating.Subscriptions;
using Billing.Rating.Tariffs;

namespace Billing.Rating.Calls;

/// <summary>What rating says of one record. Made to be reused: rating a call into it allocates nothing.</summary>
public struct RatedCall
{
    private NumberBuffer _destination;
    private int _destinationLength;

    /// <summary>Rated, unanswered or suspended; identity (duplicates) and form (rejections) are decided elsewhere.</summary>
    public Outcome Outcome { readonly get; internal set; }

    public SuspenseReason Reason { readonly get; internal set; }

    /// <summary>Who pays; null when suspended or when an unanswered record's number is held by nobody.</summary>
    public Contract? Contract { readonly get; internal set; }

    /// <summary>The 050 number that the charge is booked on.</summary>
    public string? Number { readonly get; internal set; }

    public CallClass Class { readonly get; internal set; }

    /// <summary>The carrier of the called 050 number; of other classes null.</summary>
    public string? Carrier { readonly get; internal set; }

    /// <summary>The carrier selection prefix that was taken off (R53).</summary>
    public string? StrippedPrefix { readonly get; internal set; }

    public TaxCategory TaxCategory { readonly get; internal set; }

    public UsageMonth UsageMonth { readonly get; internal set; }

    public long ChargeableMs { readonly get; internal set; }

    public long Units { readonly get; internal set; }

    public Yen Charge { readonly get; internal set; }

    public bool HasTail { readonly get; internal set; }

    /// <summary>Charged time after speech was lost, and what it added to the charge (R73).</summary>
    public long TailMs { readonly get; internal set; }

    public Yen TailCharge { readonly get; internal set; }

    public bool TailOverLimit { readonly get; internal set; }

    public TariffVersion? Tariff { readonly get; internal set; }

    /// <summary>The called number after stripping, international ones from <c>010</c> on.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Destination => ((ReadOnlySpan<byte>)_destination)[.._destinationLength];

    internal void SetDestination(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> number)
    {
        Span<byte> buffer = _destination;
        prefix.CopyTo(buffer);
        number.CopyTo(buffer[prefix.Length..]);
        _destinationLength = prefix.Length + number.Length;
    }

    /// <summary>Forgets everything but where numbers are written to.</summary>
    internal void Reset()
    {
        _destinationLength = 0;
        Outcome = Outcome.Rated;
        Reason = SuspenseReason.None;
        Contract = null;
        Number = Carrier = StrippedPrefix = null;
        Class = CallClass.None;
        TaxCategory = TaxCategory.S;
        UsageMonth = default;
        ChargeableMs = Units = TailMs = 0;
        Charge = TailCharge = Yen.Zero;
        HasTail = TailOverLimit = false;
        Tariff = null;
    }

    [InlineArray(NumberText.Capacity + 4)]
    private struct NumberBuffer
    {
        private byte _first;
    }
}
