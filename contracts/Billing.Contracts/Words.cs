namespace Billing.Contracts;

/// <summary>What became of a row; the outcomes of a file add up to its rows.</summary>
public enum Outcome : byte
{
    Rated,
    Unanswered,
    Suspended,
    Duplicate,
    Rejected,
}

public enum CallKind : byte
{
    Call,
    Forward,
    Extension,
    Sms,
}

/// <summary>IP-phone mode or, on W-mode, mobile-phone mode (携帯電話モード).</summary>
public enum CallMode : byte
{
    Ip,
    Mobile,
}

public enum EndCause : byte
{
    Normal,
    MobileInterrupt,
    AppInterrupt,
    Network,
}

public enum Device : byte
{
    None,
    Android,
    Ios,
    Pc,
    FeaturePhone,
}

/// <summary>The class of a called number; it picks the price.</summary>
public enum CallClass : byte
{
    None,
    OnNet050,
    Partner050,
    Paid050,
    Fixed,
    Mobile,
    International,
    Satellite,
    FreeDial,
    NaviDial,
    Teledome,
    Extension,
}

/// <summary>Tax category of a line: S standard, G zero-rated (international, satellite), O outside tax.</summary>
public enum TaxCategory : byte
{
    S,
    G,
    O,
}

/// <summary>Why a record is suspended: kept whole until somebody can be charged for it.</summary>
public enum SuspenseReason : byte
{
    None,
    ConflictingDuplicate,
    SmsNotOffered,
    MobileModeOnBiz,
    UnknownNumber,
    ContractNotActive,
    TooLong,
    PairMismatch,
    PcInMobileMode,
    FeaturePhoneInIpMode,
    MobileModeAbroad,
    SecondaryLine,
    BarredHash,
    UnknownDestination,
    SatelliteInMobileMode,
    ThreeDigitNumber,
    Barred020,
    Barred060,
    DocomoRemoteControl,
    SoftbankControl,
    ServiceNumberInMobileMode,
    ServiceNumberOfOtherCarrier,
    ServiceNumberRefuses050,
    AppTooOld,
    ServiceNumberBarred,
    Unconnected050,
    NoPrice,
    DurationMismatch,
    OtherHalfMissing,
    ContractElsewhere,
}

/// <summary>Why a row cannot be read, in the order in which the checks are made. The last two are of rows that came by a profile.</summary>
public enum RejectReason : byte
{
    None,
    BadQuote,
    BadFieldCount,
    NotUtf8,
    FieldTooLong,
    MissingField,
    BadEnum,
    BadTime,
    TimeOrder,
    BadNumber,
    BadDuration,
    UnknownRow,
}

/// <summary>The words of the formats for the enumerations: <c>mobile-interrupt</c>, <c>paid-050</c>.</summary>
public static class Words
{
    private static readonly string[] Outcomes = ["rated", "unanswered", "suspended", "duplicate", "rejected"];
    private static readonly string[] Kinds = ["call", "forward", "extension", "sms"];
    private static readonly string[] Modes = ["ip", "mobile"];
    private static readonly string[] EndCauses = ["normal", "mobile-interrupt", "app-interrupt", "network"];
    private static readonly string[] Devices = ["", "android", "ios", "pc", "feature-phone"];

    private static readonly string[] Classes =
    [
        "", "on-net-050", "partner-050", "paid-050", "fixed", "mobile", "international", "satellite",
        "free-dial", "navi-dial", "teledome", "extension",
    ];

    private static readonly string[] TaxCategories = ["S", "G", "O"];

    private static readonly string[] SuspenseReasons =
    [
        "", "conflicting-duplicate", "sms-not-offered", "mobile-mode-on-biz", "unknown-number", "contract-not-active",
        "too-long", "pair-mismatch", "pc-in-mobile-mode", "feature-phone-in-ip-mode", "mobile-mode-abroad",
        "secondary-line", "barred-hash", "unknown-destination", "satellite-in-mobile-mode", "three-digit-number",
        "barred-020", "barred-060", "docomo-remote-control", "softbank-control", "service-number-in-mobile-mode",
        "service-number-of-other-carrier", "service-number-refuses-050", "app-too-old", "service-number-barred",
        "unconnected-050", "no-price", "duration-mismatch", "other-half-missing", "contract-elsewhere",
    ];

    private static readonly string[] RejectReasons =
    [
        "", "bad-quote", "bad-field-count", "not-utf8", "field-too-long", "missing-field", "bad-enum", "bad-time",
        "time-order", "bad-number", "bad-duration", "unknown-row",
    ];

    public static string Of(Outcome value) => Outcomes[(int)value];

    public static string Of(CallKind value) => Kinds[(int)value];

    public static string Of(CallMode value) => Modes[(int)value];

    public static string Of(EndCause value) => EndCauses[(int)value];

    public static string Of(Device value) => Devices[(int)value];

    public static string Of(CallClass value) => Classes[(int)value];

    public static string Of(TaxCategory value) => TaxCategories[(int)value];

    public static string Of(SuspenseReason value) => SuspenseReasons[(int)value];

    public static string Of(RejectReason value) => RejectReasons[(int)value];

    /// <summary>True of reasons that lie in the record, or in the database that it came to, and not in what is known of contracts and tariffs: rating never gives them, and never takes them away.</summary>
    public static bool IsOfTheRecord(this SuspenseReason reason) =>
        reason is SuspenseReason.ConflictingDuplicate or SuspenseReason.DurationMismatch or SuspenseReason.OtherHalfMissing or SuspenseReason.ContractElsewhere;

    public static CallClass? ClassOf(string word) => Find<CallClass>(Classes, word, from: 1);

    public static CallKind? KindOf(string word) => Find<CallKind>(Kinds, word);

    public static CallMode? ModeOf(string word) => Find<CallMode>(Modes, word);

    public static EndCause? EndCauseOf(string word) => Find<EndCause>(EndCauses, word);

    public static Device? DeviceOf(string word) => Find<Device>(Devices, word);

    public static TaxCategory? TaxCategoryOf(string word) => Find<TaxCategory>(TaxCategories, word);

    public static SuspenseReason? SuspenseReasonOf(string word) => Find<SuspenseReason>(SuspenseReasons, word, from: 1);

    public static RejectReason? RejectReasonOf(string word) => Find<RejectReason>(RejectReasons, word, from: 1);

    private static T? Find<T>(string[] words, string word, int from = 0)
        where T : struct, Enum
    {
        var index = Array.IndexOf(words, word, from);
        return index < 0 ? null : (T)Enum.ToObject(typeof(T), (byte)index);
    }
}
