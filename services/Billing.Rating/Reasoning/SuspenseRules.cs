using Billing.Contracts;

namespace Billing.Rating.Reasoning;

/// <summary>The rule behind each reason of suspension.</summary>
public static class SuspenseRules
{
    /// <returns><c>R62</c>, or the section of the rating rules where no single rule stands behind the reason.</returns>
    public static string RuleOf(SuspenseReason reason) => reason switch
    {
        SuspenseReason.SmsNotOffered => "R62",
        SuspenseReason.MobileModeOnBiz => "R66",
        SuspenseReason.UnknownNumber => "§3",
        SuspenseReason.PairMismatch => "R58",
        SuspenseReason.PcInMobileMode => "R57",
        SuspenseReason.FeaturePhoneInIpMode => "R67",
        SuspenseReason.MobileModeAbroad => "R44",
        SuspenseReason.SecondaryLine => "R54",
        SuspenseReason.BarredHash or SuspenseReason.Barred020 or SuspenseReason.Barred060 => "R35",
        SuspenseReason.UnknownDestination => "§4",
        SuspenseReason.SatelliteInMobileMode => "R43",
        SuspenseReason.ThreeDigitNumber => "R34",
        SuspenseReason.DocomoRemoteControl => "R36",
        SuspenseReason.SoftbankControl => "R37",
        SuspenseReason.ServiceNumberInMobileMode => "R42",
        SuspenseReason.ServiceNumberOfOtherCarrier or SuspenseReason.ServiceNumberRefuses050 or SuspenseReason.AppTooOld => "R39",
        SuspenseReason.ServiceNumberBarred => "R38",
        SuspenseReason.Unconnected050 => "R40",
        SuspenseReason.NoPrice => "§6",
        _ => "§2",
    };
}
