using Billing.Contracts;
using Billing.Contracts.Events;

namespace Billing.Service.Usage;

/// <summary>Secrecy of communications (通信の秘密): called numbers are shown without their last four digits.</summary>
public static class Masked
{
    /// <summary>So many digits at the end are not shown.</summary>
    public const int Digits = 4;

    /// <summary><c>0312345678</c> becomes <c>031234****</c>; of a number of four characters or fewer nothing is shown.</summary>
    public static string Number(string number)
    {
        var masked = number.ToCharArray();
        for (var (i, digits) = (masked.Length - 1, 0); i >= 0 && digits < Digits; i--)
        {
            if (char.IsAsciiDigit(masked[i]) || !char.IsAscii(masked[i]))
            {
                masked[i] = '*';
                digits++;
            }
        }

        return new string(masked);
    }

    /// <summary>A record with the numbers of other parties masked: the called one, and of a forwarded call the caller's too.</summary>
    public static CallRecord Call(CallRecord call) => call with
    {
        CalledNumber = Number(call.CalledNumber),
        CallingNumber = call.Kind == Words.Of(CallKind.Forward) ? Number(call.CallingNumber) : call.CallingNumber,
    };
}
