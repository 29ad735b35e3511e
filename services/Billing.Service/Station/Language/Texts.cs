namespace Billing.Service.Station.Language;

/// <summary>What the pages say. Every text has both languages by construction; a test holds that neither is empty.</summary>
public static partial class Texts
{
    public static readonly Phrase ThisLanguage = new("日本語", "English");
    public static readonly Phrase SkipToContent = new("本文へ移動", "Skip to content");
    public static readonly Phrase Navigation = new("メインメニュー", "Main menu");
    public static readonly Phrase SignOut = new("ログアウト", "Sign out");
    public static readonly Phrase FootNote = new("日時は日本時間です。金額は特に記載のない限り税抜です。相手先番号の下4桁は表示しません。", "Times are Tokyo time. Amounts exclude tax unless stated. The last four digits of called numbers are not shown.");
    public static readonly Phrase ToStart = new("トップページへ", "To the start page");
    public static readonly Phrase Show = new("表示", "Show");
    public static readonly Phrase Details = new("詳細", "Details");
    public static readonly Phrase Next = new("次のページ", "Next page");
    public static readonly Phrase First = new("最初のページ", "First page");
    public static readonly Phrase None = new("なし", "None");
    public static readonly Phrase All = new("すべて", "All");
    public static readonly Phrase Total = new("合計", "Total");
    public static readonly Phrase TableFollows = new("値は続く表にあります。", "The table that follows has the values.");
    public static readonly Phrase ScrollsSideways = new("横にスクロールできる表", "Table that scrolls sideways");

    // navigation
    public static readonly Phrase ThisMonth = new("ご利用状況", "Usage");
    public static readonly Phrase Invoices = new("請求書", "Invoices");
    public static readonly Phrase Calls = new("通話明細", "Calls");
    public static readonly Phrase Disputes = new("異議申立", "Disputes");
    public static readonly Phrase Downloads = new("ダウンロード", "Downloads");
    public static readonly Phrase Alerts = new("上限額の通知", "Limit alerts");
    public static readonly Phrase Months = new("月次締め", "Months");
    public static readonly Phrase Contracts = new("契約", "Contracts");
    public static readonly Phrase Tariff = new("料金表", "Tariff");
    public static readonly Phrase Audit = new("監査", "Audit");

    // what was refused or went wrong
    public static readonly Phrase RefusedTitle = new("お受けできませんでした", "This was refused");
    public static readonly Phrase RuleOf = new("規則 {0}", "Rule {0}");
    public static readonly Phrase BadRequestTitle = new("お送りいただいた内容を読み取れません", "The request could not be read");
    public static readonly Phrase BadRequestText = new("ページを開き直して、もう一度お試しください。", "Open the page again and repeat what you did.");
    public static readonly Phrase ForbiddenTitle = new("このページを開く権限がありません", "You may not open this page");
    public static readonly Phrase ForbiddenText = new("必要な場合は、貴社の管理者にお問い合わせください。", "If you need it, ask the administrator of your company.");
    public static readonly Phrase NotFoundTitle = new("ページが見つかりません", "There is no such page");
    public static readonly Phrase NotFoundText = new("アドレスが正しくないか、閲覧できるものがありません。", "The address is wrong, or there is nothing there that you may see.");
    public static readonly Phrase ConflictTitle = new("ほかの人が同時に変更しました", "Somebody else changed this at the same time");
    public static readonly Phrase ConflictText = new("何も保存されていません。最新の内容を確認して、もう一度お試しください。", "Nothing was saved. Look at it as it stands now and repeat what you did.");
    public static readonly Phrase TooManyTitle = new("アクセスが集中しています", "Too many requests");
    public static readonly Phrase TooManyText = new("少し時間をおいて、もう一度お試しください。", "Wait a moment and try again.");
    public static readonly Phrase OutageTitle = new("ただいまデータを読み出せません", "The data can not be read just now");
    public static readonly Phrase OutageText = new("データベースが応答していません。しばらくしてからページを再読み込みしてください。記録や請求書は失われていません。", "The database does not answer. Reload the page in a while; nothing of your records or invoices is lost.");
    public static readonly Phrase FaultTitle = new("エラーが発生しました", "Something went wrong");
    public static readonly Phrase FaultText = new("このエラーは記録されました。繰り返す場合はお問い合わせください。", "The fault was recorded. If it happens again, please tell us.");
}
