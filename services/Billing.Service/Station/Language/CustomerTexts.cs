namespace Billing.Service.Station.Language;

/// <content>Pages of the customer.</content>
public static partial class Texts
{
    public static readonly Phrase Contract = new("契約", "Contract");
    public static readonly Phrase Customer = new("お客様名", "Customer");
    public static readonly Phrase Month = new("ご利用月", "Month");
    public static readonly Phrase NoContracts = new("閲覧できる契約がありません。", "There is no contract that you may see.");

    public static readonly Phrase ChooseContract = new("契約番号と月を選んでください。", "Choose a contract and a month.");

    // usage
    public static readonly Phrase TableOfDays = new("日別の表", "Table of days");
    public static readonly Phrase UsageOf = new("{0}のご利用状況", "Usage of {0}");
    public static readonly Phrase SoFar = new("現在までの通話料", "Charges so far");
    public static readonly Phrase CallsMade = new("通話", "Calls");
    public static readonly Phrase Unanswered = new("不応答", "Unanswered");
    public static readonly Phrase TalkTime = new("課金対象時間", "Chargeable time");
    public static readonly Phrase Limit = new("ご利用上限額", "Usage limit");
    public static readonly Phrase LimitGauge = new("上限額{1}のうち{0}を使用 ({2})", "{0} of the limit of {1} used ({2})");
    public static readonly Phrase NoLimit = new("上限額は設定されていません。", "No limit is set.");
    public static readonly Phrase LimitPassed = new("上限額を超えています。超えた分は請求されません。", "The limit is passed. What lies beyond it is not billed.");
    public static readonly Phrase LimitNear = new("上限額の80%を超えています。", "More than 80% of the limit is used.");
    public static readonly Phrase ByClass = new("通話先別", "By kind of number called");
    public static readonly Phrase ByNumber = new("番号別", "By number");
    public static readonly Phrase ByDepartment = new("部署別", "By department");
    public static readonly Phrase ByDay = new("日別", "By day");
    public static readonly Phrase DayChart = new("日別の通話料", "Charges by day");
    public static readonly Phrase Kind = new("通話先", "Kind");
    public static readonly Phrase Carrier = new("事業者", "Carrier");
    public static readonly Phrase Number = new("番号", "Number");
    public static readonly Phrase Department = new("部署", "Department");
    public static readonly Phrase NoDepartment = new("部署なし", "No department");
    public static readonly Phrase Day = new("日", "Day");
    public static readonly Phrase Charge = new("通話料", "Charge");
    public static readonly Phrase Share = new("割合", "Share");
    public static readonly Phrase NoUsage = new("この月の通話はまだありません。", "There are no calls in this month yet.");
    public static readonly Phrase MoreNumbers = new("通話料の多い{0}番号を表示しています (全{1}番号)。全件は通話明細CSVをご利用ください。", "The {0} numbers with the highest charges of {1} are shown. The CSV of calls has them all.");
    public static readonly Phrase Counting = new("番号別・部署別・日別の内訳を集計しています", "Numbers, departments and days are being counted");
    public static readonly Phrase CountingText = new("この契約は{0}件の記録があります。集計が終わるとこのページは自動的に更新されます。", "This contract has {0} records. The page renews itself when they are counted.");
    public static readonly Phrase CountedAt = new("{0}時点の集計です。その後の通話は次回の集計に含まれます。", "Counted at {0}; calls that came since are in the next count.");
    public static readonly Phrase DepartmentsOnly = new("閲覧できる部署の番号のみを集計しています。", "Only numbers of the departments that you may see are counted.");
    public static readonly Phrase ShowCalls = new("通話明細を見る", "See the calls");

    // calls
    public static readonly Phrase CallsOf = new("{0}の通話明細", "Calls of {0}");
    public static readonly Phrase Filter = new("絞り込み", "Filter");
    public static readonly Phrase FromDay = new("開始日", "From day");
    public static readonly Phrase ToDay = new("終了日", "To day");
    public static readonly Phrase ChargeFrom = new("通話料 (円) 以上", "Charge from, yen");
    public static readonly Phrase ChargeTo = new("通話料 (円) 以下", "Charge up to, yen");
    public static readonly Phrase Answered = new("応答日時", "Answered");
    public static readonly Phrase Called = new("相手先番号", "Number called");
    public static readonly Phrase Time = new("通話時間", "Time");
    public static readonly Phrase Why = new("料金の理由", "Why this amount?");
    public static readonly Phrase WhyOf = new("{0}の料金の理由", "Why this amount, {0}");
    public static readonly Phrase NoCalls = new("条件に合う通話はありません。", "No call meets the filter.");
    public static readonly Phrase NoneInPart = new("ここまでの範囲に条件に合う通話はありません。続きを探してください。", "No call of the part looked at meets the filter. Go on looking.");
    public static readonly Phrase BadFilter = new("絞り込みの値を読み取れません: {0}", "A value of the filter can not be read: {0}");
    public static readonly Phrase ClearFilter = new("条件を消す", "Clear the filter");
    public static readonly Phrase CallsCsv = new("CSVでダウンロード", "Download as CSV");

    public static readonly Phrase Pages = new("ページ送り", "Pages");

    // why
    public static readonly Phrase RecordedAt = new("記録日時", "Recorded");
    public static readonly Phrase CallTitle = new("この通話の料金の理由", "Why this call costs what it costs");
    public static readonly Phrase Result = new("計算結果", "Result");
    public static readonly Phrase Steps = new("計算の手順", "Step by step");
    public static readonly Phrase Rule = new("規則", "Rule");
    public static readonly Phrase Explanation = new("説明", "Explanation");
    public static readonly Phrase OnInvoice = new("請求", "Billing");
    public static readonly Phrase InTheLimit = new("ご利用上限額との関係", "Place in the usage limit");
    public static readonly Phrase LimitOnDemand = new("通話件数が多いため、上限額との関係は必要なときに計算します。", "The month has very many calls: the place in the limit is computed when asked for.");
    public static readonly Phrase ComputeLimit = new("上限額との関係を計算する", "Compute the place in the limit");
    public static readonly Phrase Happenings = new("記録の経過", "What happened to the record");
    public static readonly Phrase Faults = new("記録と一致しない点", "What does not agree");
    public static readonly Phrase Outcome = new("区分", "Outcome");
    public static readonly Phrase RecordName = new("記録", "Record");
    public static readonly Phrase Units = new("単位数", "Units");
    public static readonly Phrase DisputeThis = new("この通話に異議を申し立てる", "Dispute this call");

    // invoices
    public static readonly Phrase WholeContractOnly = new("請求書は契約全体を閲覧できる方にのみ表示されます。", "Invoices are shown to those who may see the whole contract.");
    public static readonly Phrase DocumentNumber = new("文書番号", "Number");
    public static readonly Phrase DocumentKind = new("種類", "Kind");
    public static readonly Phrase CreditLines = new("返還の内訳", "What is given back");
    public static readonly Phrase Files = new("ファイル", "Files");
    public static readonly Phrase InvoiceNumber = new("請求書番号", "Invoice number");
    public static readonly Phrase IssuedOn = new("発行日", "Issued");
    public static readonly Phrase DueOn = new("支払期限", "Due");
    public static readonly Phrase Subtotal = new("税抜合計", "Subtotal");
    public static readonly Phrase Tax = new("消費税", "Tax");
    public static readonly Phrase TotalWithTax = new("税込合計", "Total with tax");
    public static readonly Phrase NoInvoices = new("条件に合う請求書はありません。", "No invoice meets the search.");
    public static readonly Phrase NoInvoicesYet = new("発行済みの請求書はまだありません。", "No invoice has been issued yet.");
    public static readonly Phrase CustomerPart = new("お客様名 (一部)", "Customer (part of the name)");
    public static readonly Phrase MonthFrom = new("ご利用月から", "From month");
    public static readonly Phrase MonthTo = new("ご利用月まで", "To month");
    public static readonly Phrase TotalFrom = new("税込合計 (円) 以上", "Total from, yen");
    public static readonly Phrase TotalTo = new("税込合計 (円) 以下", "Total up to, yen");
    public static readonly Phrase QualifiedInvoice = new("適格請求書", "Qualified invoice");
    public static readonly Phrase InvoiceTitle = new("請求書", "Invoice");
    public static readonly Phrase Issuer = new("発行者", "Issuer");
    public static readonly Phrase RegistrationNumber = new("登録番号", "Registration number");
    public static readonly Phrase BilledTo = new("{0} 御中", "To {0}");
    public static readonly Phrase Period = new("取引期間", "Period");
    public static readonly Phrase AmountDue = new("ご請求額 (税込)", "Amount due, with tax");
    public static readonly Phrase Refund = new("ご返金額 (税込)", "Refund, with tax");
    public static readonly Phrase Lines = new("ご請求の内訳", "What is billed");
    public static readonly Phrase Item = new("項目", "Item");
    public static readonly Phrase Detail = new("内容", "Detail");
    public static readonly Phrase Quantity = new("数量", "Quantity");
    public static readonly Phrase Amount = new("金額", "Amount");
    public static readonly Phrase TaxClass = new("税区分", "Tax category");
    public static readonly Phrase Taxes = new("税率ごとの合計", "Totals by tax rate");
    public static readonly Phrase Taxable = new("対象額 (税抜)", "Taxable amount");
    public static readonly Phrase TaxRateName = new("税率", "Rate");
    public static readonly Phrase TaxAmount = new("消費税額", "Tax amount");
    public static readonly Phrase UsageSummary = new("ご利用の概要", "Usage in brief");
    public static readonly Phrase LimitAdjustment = new("上限額による調整", "Taken off by the limit");
    public static readonly Phrase Disconnect = new("切断までの時間", "Until disconnection");
    public static readonly Phrase DownloadPdf = new("PDFをダウンロード", "Download the PDF");
    public static readonly Phrase DownloadPdfCalls = new("通話明細付きPDF", "PDF with call details");
    public static readonly Phrase DownloadCsv = new("CSVをダウンロード", "Download the CSV");
    public static readonly Phrase DisputeInvoice = new("異議を申し立てる", "Open a dispute");
    public static readonly Phrase Credits = new("返還・調整", "Credits and adjustments");
    public static readonly Phrase NoCredits = new("この請求書に対する返還・調整はありません。", "Nothing was credited or adjusted on this invoice.");
    public static readonly Phrase CreditNote = new("適格返還請求書", "Credit note");
    public static readonly Phrase Adjustment = new("調整", "Adjustment");
    public static readonly Phrase Reason = new("理由", "Reason");
    public static readonly Phrase OriginalInvoice = new("元の請求書", "Original invoice");
    public static readonly Phrase ReturnedOn = new("返還年月日", "Date of return");
    public static readonly Phrase SettledBy = new("反映先", "Carried by");
    public static readonly Phrase Pending = new("次回の請求書で反映", "On the next invoice");
    public static readonly Phrase LineTitle = new("請求書{0} {1}行目", "Invoice {0}, line {1}");
    public static readonly Phrase CallsOfLine = new("この行の通話を見る", "See the calls of this line");
    public static readonly Phrase LineAmount = new("この行の金額", "Amount of the line");
    public static readonly Phrase LongLine = new("この行は通話件数が多いため、個々の通話は通話明細でご確認ください。", "The line has very many calls: see them one by one among the calls.");
    public static readonly Phrase Digest = new("文書のSHA-256", "SHA-256 of the document");
    public static readonly Phrase Page = new("{0} / {1} ページ", "Page {0} of {1}");
    public static readonly Phrase SampleIssuer = new("この請求書の発行者名は見本です。", "The issuer named here is a sample.");
    public static readonly Phrase CallDetails = new("通話明細", "Call details");
    public static readonly Phrase PdfFontMissing = new("PDF用の日本語フォントがこのサーバーにありません。", "This server lacks the Japanese font for PDF documents.");

    // disputes
    public static readonly Phrase NewDispute = new("異議申立", "Open a dispute");
    public static readonly Phrase Claim = new("申立の内容", "What is claimed");
    public static readonly Phrase ClaimHint = new("どの料金が、なぜ正しくないとお考えかをお書きください。", "Say which charge is wrong, and why you think so.");
    public static readonly Phrase DisputedLines = new("対象の行 (選択しない場合は下の金額が必要です)", "Lines in question (without one, give the amount below)");
    public static readonly Phrase DisputedCall = new("対象の通話", "Call in question");
    public static readonly Phrase DisputedAmount = new("対象の金額 (円、税抜。空欄の場合は行・通話の金額)", "Amount in question (yen, without tax; empty: what the lines and the call cost)");
    public static readonly Phrase Submit = new("申し立てる", "Open the dispute");
    public static readonly Phrase DisputeId = new("受付番号", "Dispute");
    public static readonly Phrase State = new("状況", "State");
    public static readonly Phrase OpenedOn = new("申立日", "Opened");
    public static readonly Phrase Deadline = new("回答期限", "Answer due");
    public static readonly Phrase Age = new("経過日数", "Age in days");
    public static readonly Phrase Overdue = new("期限超過", "Overdue");
    public static readonly Phrase Credited = new("返還額", "Credited");
    public static readonly Phrase NoDisputes = new("異議申立はありません。", "There are no disputes.");
    public static readonly Phrase DisputeReceived = new("異議申立を受け付けました。回答期限は{0}です。", "The dispute is open. The answer is due on {0}.");
    public static readonly Phrase Decision = new("判断", "Decision");
    public static readonly Phrase Grounds = new("根拠", "Grounds");
    public static readonly Phrase NotDecided = new("まだ判断されていません。", "Not decided yet.");
    public static readonly Phrase DisputeHow = new("請求書または通話のページから異議を申し立てることができます。", "A dispute is opened from the page of an invoice or of a call.");
    public static readonly Phrase Evidence = new("証拠", "Evidence");

    // downloads, alerts
    public static readonly Phrase DownloadsTitle = new("ダウンロード", "Downloads");
    public static readonly Phrase DownloadsText = new("請求書はPDFとCSV、通話明細はCSVで保存できます。電子帳簿保存法に従いデータのまま保存してください。", "Invoices come as PDF and CSV, calls as CSV. Keep them as data, as the law on electronic records asks.");
    public static readonly Phrase AlertsTitle = new("ご利用上限額の通知", "Usage limit alerts");
    public static readonly Phrase AlertsText = new("通話料が上限額の80%と100%に達したとき、ここに登録したメールアドレスにお知らせします。", "When charges reach 80% and 100% of the limit, these mail addresses are told.");
    public static readonly Phrase AlertsNotSent = new("このサーバーではメール送信がまだ設定されていません。登録内容は保存されます。", "Sending mail is not set up on this server yet. What you enter is kept.");
    public static readonly Phrase AlertAddresses = new("メールアドレス (1行に1件、10件まで)", "Mail addresses (one a line, ten at most)");
    public static readonly Phrase Save = new("保存", "Save");
    public static readonly Phrase Saved = new("保存しました。", "Saved.");
    public static readonly Phrase AlertMails = new("送信したお知らせメール", "Mails that were sent");
    public static readonly Phrase MailSent = new("送信済み", "sent");
    public static readonly Phrase MailPending = new("送信待ち", "waiting");
    public static readonly Phrase MailFailed = new("送信できませんでした", "could not be sent");
    public static readonly Phrase NextAttempt = new("（次の送信: {0}）", "(next attempt: {0})");
    public static readonly Phrase ReachedAlerts = new("到達した上限額の段階", "Steps of the limit that were reached");
    public static readonly Phrase NoneReached = new("到達した段階はありません。", "No step was reached.");
    public static readonly Phrase Step = new("段階", "Step");
    public static readonly Phrase ReachedAt = new("到達日時", "Reached");
}
