using Billing.Service.Station.Language;

namespace Billing.Service.Station.Finance;

/// <summary>Names of reasons and movements that finance reads.</summary>
public static class FinanceNames
{
    private static readonly Dictionary<string, Phrase> Reasons = new(StringComparer.Ordinal)
    {
        ["conflicting-duplicate"] = new("内容の異なる重複", "Conflicting duplicate"),
        ["sms-not-offered"] = new("SMSは提供対象外", "SMS is not offered"),
        ["mobile-mode-on-biz"] = new("for Bizの携帯モード", "Mobile mode on a Biz number"),
        ["unknown-number"] = new("契約のない番号", "Number that no contract holds"),
        ["contract-not-active"] = new("契約期間外", "Contract not active"),
        ["too-long"] = new("長すぎる通話", "Call too long"),
        ["pair-mismatch"] = new("番号の組合せの不一致", "Pair does not match"),
        ["pc-in-mobile-mode"] = new("PC版の携帯モード", "PC in mobile mode"),
        ["feature-phone-in-ip-mode"] = new("フィーチャーフォンのIP電話モード", "Feature phone in IP mode"),
        ["mobile-mode-abroad"] = new("海外での携帯モード", "Mobile mode abroad"),
        ["secondary-line"] = new("付加番号からの発信", "Secondary line"),
        ["barred-hash"] = new("#で始まる番号", "Number that begins with #"),
        ["unknown-destination"] = new("不明な相手先番号", "Unknown destination"),
        ["satellite-in-mobile-mode"] = new("携帯モードの衛星電話", "Satellite in mobile mode"),
        ["three-digit-number"] = new("3桁番号", "Three-digit number"),
        ["barred-020"] = new("020で始まる番号", "Number that begins with 020"),
        ["barred-060"] = new("060で始まる番号", "Number that begins with 060"),
        ["docomo-remote-control"] = new("ドコモの遠隔操作番号", "docomo remote control"),
        ["softbank-control"] = new("ソフトバンクの制御番号", "SoftBank control number"),
        ["service-number-in-mobile-mode"] = new("携帯モードのサービス番号", "Service number in mobile mode"),
        ["service-number-of-other-carrier"] = new("他事業者のサービス番号", "Service number of another carrier"),
        ["service-number-refuses-050"] = new("050を受け付けないサービス番号", "Service number that refuses 050"),
        ["app-too-old"] = new("アプリの版が古い", "App too old"),
        ["service-number-barred"] = new("対象外のサービス番号", "Barred service number"),
        ["unconnected-050"] = new("接続のない050番号", "Unconnected 050 number"),
        ["no-price"] = new("単価なし", "No price"),
        ["duration-mismatch"] = new("通話秒数の不一致", "Seconds contradict stamps"),
        ["other-half-missing"] = new("開始または終了の記録なし", "Other half missing"),
        ["contract-elsewhere"] = new("契約が別のデータベースにある", "Contract in another database"),
    };

    private static readonly Dictionary<string, Phrase> Deposits = new(StringComparer.Ordinal)
    {
        ["required"] = new("必要額", "required"),
        ["received"] = new("受入", "received"),
        ["returned"] = new("返還", "returned"),
        ["set-off"] = new("充当", "set off"),
    };

    /// <summary>Why a record is suspended; one without a name is called by its code.</summary>
    public static Phrase Suspense(string reason) => Reasons.GetValueOrDefault(reason) ?? new Phrase(reason, reason);

    public static Phrase Deposit(string kind) => Deposits.GetValueOrDefault(kind) ?? new Phrase(kind, kind);
}
