namespace Billing.Service.Station.Language;

/// <content>Pages of the auditor.</content>
public static partial class Texts
{
    public static readonly Phrase AccessLog = new("アクセス記録", "Access log");
    public static readonly Phrase AccessLogText = new("ログイン、失敗、ロック、APIキー、権限の変更を新しい順に表示します。", "Sign-ins, failures, lock-outs, API keys and changes of roles, newest first.");
    public static readonly Phrase Reveals = new("番号の開示記録", "Numbers shown in full");
    public static readonly Phrase RevealsText = new("相手先番号の全桁を閲覧した人と、その理由です。番号そのものは記録されません。", "Who saw called numbers in full, and why. The numbers themselves are not recorded.");
    public static readonly Phrase EvidenceCheck = new("証跡の検証", "Verify the evidence");
    public static readonly Phrase EvidenceText = new("その月の記録の連鎖、請求書と適格返還請求書のダイジェスト、イベントから作られた表を計算し直して比べます。", "Computes the chains of the month's records, the digests of invoices and credit notes and the tables made from events again, and compares.");
    public static readonly Phrase PublishedDigest = new("公表または別途保管したダイジェスト (任意)", "Digest as it was published or kept elsewhere (optional)");
    public static readonly Phrase Verify = new("検証する", "Verify");
    public static readonly Phrase BadDigest = new("ダイジェストは64桁の16進数です。", "A digest has 64 hexadecimal digits.");
    public static readonly Phrase EvidenceHolds = new("すべてのダイジェストと行が一致しています。", "Every digest and every row agrees.");
    public static readonly Phrase EvidenceBroken = new("{0}か所が一致しません。", "{0} links are broken.");
    public static readonly Phrase Compared = new("比較数", "Compared");
    public static readonly Phrase Broken = new("不一致", "Broken");
    public static readonly Phrase BrokenLinks = new("一致しない箇所", "Broken links");
    public static readonly Phrase Place = new("場所", "Place");
    public static readonly Phrase Expected = new("証跡の値", "Expected");
    public static readonly Phrase Found = new("実際の値", "Found");
    public static readonly Phrase MonthDigests = new("書類のダイジェスト", "Digests of the documents");
    public static readonly Phrase CreditsCount = new("減額", "Credits");
    public static readonly Phrase NotSealed = new("まだ締められていない利用イベントは{0}件、締めの対象とならないイベントは{1}件です。これらの変更はこの検証では分かりません。", "{0} usage events are not sealed yet, and {1} other events are never sealed: a change of them is not seen here.");
    public static readonly Phrase KeepDigests = new("データベース全体を書き換えられる人はダイジェストも書き換えられます。書類のダイジェストは別の場所に保管してください。", "Whoever can rewrite the whole database can rewrite its digests too: keep the digests of the documents elsewhere.");
    public static readonly Phrase At = new("日時", "At");
    public static readonly Phrase Who = new("対象", "Who");
    public static readonly Phrase EventKind = new("種別", "Kind");
    public static readonly Phrase DoneBy = new("操作者", "Done by");
    public static readonly Phrase SeenBy = new("閲覧者", "Seen by");
    public static readonly Phrase What = new("内容", "What");
    public static readonly Phrase Address = new("アドレス", "Address");
    public static readonly Phrase NothingRecorded = new("条件に合う記録はありません。", "Nothing that was recorded meets the filter.");
}
