
namespace Billing.Service.Station.Language;

/// <summary>Names of what documents and tables call by a code.</summary>
public static class DomainTexts
{
    private static readonly Dictionary<string, Phrase> Classes = new(StringComparer.Ordinal)
    {
        ["on-net-050"] = new("050 (自社・無料)", "050, on-net (free)"),
        ["partner-050"] = new("050 (提携・無料)", "050, partner (free)"),
        ["paid-050"] = new("050 (他社・有料)", "050, other carrier"),
        ["fixed"] = new("固定電話", "Fixed line"),
        ["mobile"] = new("携帯電話", "Mobile"),
        ["international"] = new("国際電話", "International"),
        ["satellite"] = new("衛星電話", "Satellite"),
        ["free-dial"] = new("フリーダイヤル", "Free Dial"),
        ["navi-dial"] = new("ナビダイヤル", "Navi Dial"),
        ["teledome"] = new("テレドーム", "Teledome"),
        ["extension"] = new("内線", "Extension"),
    };

    private static readonly Dictionary<string, Phrase> Items = new(StringComparer.Ordinal)
    {
        ["base-fee"] = new("月額基本料", "Base fee"),
        ["billing-station"] = new("ビリングステーション利用料", "Billing Station"),
        ["web-phonebook"] = new("Web電話帳オプション", "Web phonebook option"),
        ["universal-service"] = new("ユニバーサルサービス料", "Universal service fee"),
        ["telephone-relay"] = new("電話リレーサービス料", "Telephone relay service fee"),
        ["usage-limit"] = new("ご利用上限額による調整", "Usage limit adjustment"),
        ["credit"] = new("返還", "Credit"),
        ["consumption-tax"] = new("消費税", "Consumption tax"),
    };

    private static readonly Dictionary<string, Phrase> Sections = new(StringComparer.Ordinal)
    {
        ["monthly"] = new("月額料金", "Monthly fees"),
        ["statutory"] = new("番号単位料金", "Statutory fees"),
        ["usage"] = new("通話料", "Usage"),
        ["prior-usage"] = new("過月分の通話料", "Usage of earlier months"),
        ["limit"] = new("上限額調整", "Limit adjustment"),
        ["adjustment"] = new("調整", "Adjustments"),
        ["tax"] = new("税", "Tax"),
    };

    private static readonly Dictionary<string, Phrase> States = new(StringComparer.Ordinal)
    {
        ["open"] = new("審査中", "Open"),
        ["upheld"] = new("認容", "Upheld"),
        ["partly-upheld"] = new("一部認容", "Partly upheld"),
        ["rejected"] = new("棄却", "Rejected"),
        ["withdrawn"] = new("取下げ", "Withdrawn"),
    };

    private static readonly Dictionary<string, Phrase> Outcomes = new(StringComparer.Ordinal)
    {
        ["rated"] = new("課金済み", "Rated"),
        ["unanswered"] = new("不応答", "Unanswered"),
        ["suspended"] = new("保留", "Suspended"),
        ["voided"] = new("取消", "Voided"),
        ["rejected"] = new("不正な記録", "Rejected"),
    };

    private static readonly Dictionary<string, Phrase> Kinds = new(StringComparer.Ordinal)
    {
        ["call"] = new("通話", "Call"),
        ["forward"] = new("転送", "Forwarded call"),
        ["extension"] = new("内線", "Extension"),
        ["sms"] = new("SMS", "SMS"),
    };

    private static readonly Dictionary<string, Phrase> Modes = new(StringComparer.Ordinal)
    {
        ["ip"] = new("IPモード", "IP mode"),
        ["mobile"] = new("携帯モード", "Mobile mode"),
    };

    public static IEnumerable<string> ClassCodes => Classes.Keys;

    public static Phrase Class(string code) => Classes.GetValueOrDefault(code) ?? AsIs(code);

    public static Phrase Section(string code) => Sections.GetValueOrDefault(code) ?? AsIs(code);

    /// <summary>The name of a line: a fee by its own name, usage by the class of the numbers called.</summary>
    public static Phrase Item(string section, string code) => Items.GetValueOrDefault(code) ?? Classes.GetValueOrDefault(code) ?? AsIs(code);

    /// <summary>The name of a kind of call record.</summary>
    public static Phrase CallKind(string kind) => Kinds.GetValueOrDefault(kind) ?? AsIs(kind);

    /// <summary>The name of the mode in which a call was made.</summary>
    public static Phrase Mode(string mode) => Modes.GetValueOrDefault(mode) ?? AsIs(mode);

    public static Phrase DisputeState(string state) => States.GetValueOrDefault(state) ?? AsIs(state);

    public static Phrase Outcome(string outcome) => Outcomes.GetValueOrDefault(outcome) ?? AsIs(outcome);

    /// <summary>What is not known by name keeps its code in every language: options and carriers are data.</summary>
    private static Phrase AsIs(string code) => new(code, code);
}
