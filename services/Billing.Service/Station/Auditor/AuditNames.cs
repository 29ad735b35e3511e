using Billing.Service.Station.Language;

namespace Billing.Service.Station.Auditor;

/// <summary>Names of what the access log holds.</summary>
public static class AuditNames
{
    private static readonly Dictionary<string, Phrase> Kinds = new(StringComparer.Ordinal)
    {
        ["account-created"] = new("アカウント作成", "Account created"),
        ["password-changed"] = new("パスワード変更", "Password changed"),
        ["roles-changed"] = new("権限の変更", "Roles changed"),
        ["account-locked"] = new("ロック", "Account locked"),
        ["account-unlocked"] = new("ロック解除", "Account unlocked"),
        ["second-factor-enrolled"] = new("二要素認証の登録", "Second factor enrolled"),
        ["second-factor-removed"] = new("二要素認証の解除", "Second factor removed"),
        ["signed-in"] = new("ログイン", "Signed in"),
        ["sign-in-failed"] = new("ログイン失敗", "Sign-in failed"),
        ["sign-in-unknown"] = new("存在しないIDでのログイン", "Sign-in to no account"),
        ["signed-out"] = new("ログアウト", "Signed out"),
        ["key-made"] = new("APIキー発行", "API key made"),
        ["key-rotated"] = new("APIキー更新", "API key rotated"),
        ["key-revoked"] = new("APIキー失効", "API key revoked"),
        ["key-used"] = new("APIキー使用", "API key used"),
    };

    /// <summary>The name of a kind of the access log.</summary>
    public static Phrase Kind(string kind) => Kinds.TryGetValue(kind, out var name) ? name : new Phrase(kind, kind);
}
