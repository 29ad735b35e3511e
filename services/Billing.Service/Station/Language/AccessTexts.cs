namespace Billing.Service.Station.Language;

/// <content>Signing in, and the work on disputes.</content>
public static partial class Texts
{
    public static readonly Phrase SignIn = new("ログイン", "Sign in");
    public static readonly Phrase AccountName = new("ログインID", "Account");
    public static readonly Phrase Password = new("パスワード", "Password");
    public static readonly Phrase SignInRefused = new("ログインIDまたはパスワードが違います。", "The account or the password is wrong.");
    public static readonly Phrase Locked = new("試行回数が多いため、一時的にログインできません。", "Too many attempts: signing in is locked for a while.");
    public static readonly Phrase LockedUntil = new("試行回数が多いため、{0}までログインできません。", "Too many attempts: signing in is locked until {0}.");
    public static readonly Phrase SecondFactor = new("確認コード", "Second factor");
    public static readonly Phrase SecondFactorText = new("認証アプリに表示されている6桁のコード、または予備コードを入力してください。", "Enter the six digits that your authenticator shows, or a recovery code.");
    public static readonly Phrase Code = new("コード", "Code");
    public static readonly Phrase CodeRefused = new("コードが違うか、期限が切れています。", "The code is wrong or too old.");
    public static readonly Phrase SignInElsewhere = new("組織のアカウントでログイン", "Sign in with your organisation's account");
    public static readonly Phrase ExternalRefused = new("組織のアカウントでのログインは認められませんでした。権限の割り当てを管理者にご確認ください。", "Your organisation's account was not let in: ask who keeps it for a role here.");
    public static readonly Phrase StartAgain = new("最初からやり直す", "Start again");
    public static readonly Phrase Welcome = new("{0} さん、ご利用ありがとうございます。", "Welcome, {0}.");
    public static readonly Phrase NoPages = new("このアカウントで開けるページはありません。", "There are no pages for this account.");

    public static readonly Phrase ReplayTitle = new("再計算との比較", "Compared with the replay");
    public static readonly Phrase ReplayText = new("発行時と同じ知識で請求書を計算し直し、発行された請求書と比べます。", "Computes the invoice again with what was known at its issue, and compares.");
    public static readonly Phrase ReplayNow = new("再計算する", "Replay");
    public static readonly Phrase ReplayEqual = new("{0}件の通話を再計算し、請求書は完全に一致しました。", "{0} calls were rated again; the invoice comes out the same, byte for byte.");
    public static readonly Phrase ReplayDiffers = new("再計算の結果が請求書と異なります。", "The replay differs from the invoice.");
    public static readonly Phrase AsIssued = new("発行済み", "As issued");
    public static readonly Phrase ComputedAgain = new("再計算", "Computed again");
    public static readonly Phrase Resolve = new("判断する", "Decide");
    public static readonly Phrase GivenBackAs = new("返還の方法 (棄却の場合は不要)", "Given back as (not when rejected)");
    public static readonly Phrase AsAdjustment = new("次回請求書での調整", "Adjustment on the next invoice");
    public static readonly Phrase GivenBackAmount = new("返還する金額 (円、税抜、標準税率。空欄の場合は対象の全額)", "Amount given back (yen, without tax, standard rate; empty: all that is disputed)");
}
