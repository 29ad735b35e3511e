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
        ["no-price"] = new("単価なし", "No price"),
        ["no-tariff"] = new("料金表なし", "No tariff"),
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
