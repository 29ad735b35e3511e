using Billing.Contracts;

namespace Billing.Service.Explaining;

/// <summary>Why a record is suspended and what would mend it.</summary>
internal static class SuspenseSentences
{
    public static Sentence Of(string reason) => Words.SuspenseReasonOf(reason) switch
    {
        SuspenseReason.ConflictingDuplicate => Because(
            "同じ記録番号で内容の異なる記録が既にある", "先の記録が正しくなければ取り消すことで解決する",
            "a record with the same source and id but other contents is held already", "the first one stands unless it is voided"),
        SuspenseReason.DurationMismatch => Because(
            "交換機の通話秒数と応答・切断の時刻が一致しない", "時刻が正しければ、理由またはIDを指定して再処理する",
            "the seconds that the switch counted are not those between its stamps", "if the stamps are right, release it by this reason or by its id"),
        SuspenseReason.OtherHalfMissing => Because(
            "通話の開始または終了の記録が期限までに届かなかった", "もう一方の記録を交換機から取り寄せる",
            "the row that begins or ends the call did not come in time", "the other row must come from the switch"),
        SuspenseReason.ContractElsewhere => Because(
            "同じ記録番号の先の記録がこのデータベースにあったが、契約は別のデータベースにある", "再処理すると契約のあるデータベースで課金される",
            "an earlier record with the same source and id came to this database, and the contract is in another one", "release it: it is then charged where the contract is"),
        SuspenseReason.SmsNotOffered => Because(
            "SMSは提供していない", "課金できる記録にはならない",
            "SMS is not offered", "it will never be charged: ask the network why there is such a record"),
        SuspenseReason.MobileModeOnBiz => Because(
            "for Biz契約の番号から携帯電話モードの発信があった", "契約種別または交換機の記録を確認する",
            "a number of a for Biz contract called in mobile mode", "the contract's service or the switch's record must be set right"),
        SuspenseReason.UnknownNumber => Because(
            "その日に支払番号を保有する契約がない", "番号を契約に登録して再処理する",
            "no contract holds the paying number on that day", "assign the number to its contract and release the record"),
        SuspenseReason.ContractNotActive => Because(
            "契約の開通前または解約日以後の通話である", "契約の開通日・解約日を訂正して再処理する",
            "the contract is not open on that day", "if its dates are wrong, set them right and release the record"),
        SuspenseReason.TooLong => Because(
            "応答から切断まで24時間を超えている（切断信号の欠落）", "正しい終了時刻の記録を送り直す",
            "more than 24 hours lie between answer and end: a lost hang-up", "the right end must come from the network"),
        SuspenseReason.PairMismatch => Because(
            "通知された050番号が登録された組合せと異なる", "番号の組合せを確認し、訂正して再処理する",
            "the 050 number presented is not the one that is paired with the mobile number", "if the pair is wrong, set it right and release the record"),
        SuspenseReason.PcInMobileMode => Because(
            "PC版では携帯電話モードを利用できない", "端末種別の記録を確認する",
            "the PC application has no mobile mode", "the network must check the device in the record"),
        SuspenseReason.FeaturePhoneInIpMode => Because(
            "フィーチャーフォンは携帯電話モードに限られる", "端末種別の記録を確認する",
            "a feature phone has no IP mode", "the network must check the device in the record"),
        SuspenseReason.MobileModeAbroad => Because(
            "携帯電話モードは日本国外から発信できない", "発信国の記録を確認する",
            "mobile mode cannot be used from abroad", "the network must check the country of origin in the record"),
        SuspenseReason.SecondaryLine => Because(
            "2in1のBナンバー等の付加番号からは発信できない", "付加番号一覧が誤っていれば参照表を訂正して再処理する",
            "the mobile number is a secondary line (2in1 B, multi-number, double-number)", "if the list is wrong, correct the reference and release the record"),
        var other => OfDestination(other),
    };

    private static Sentence OfDestination(SuspenseReason? reason) => reason switch
    {
        SuspenseReason.BarredHash => Barred("#で始まる番号", "a number that begins with #"),
        SuspenseReason.ThreeDigitNumber => Barred("3桁の番号（緊急通報を含む）", "a number of three digits, emergency numbers too,"),
        SuspenseReason.Barred020 => Barred("020で始まる番号", "a 020 number"),
        SuspenseReason.Barred060 => Barred("060で始まる番号", "a 060 number"),
        SuspenseReason.DocomoRemoteControl => Barred("ドコモの遠隔操作用番号", "a remote-control number of docomo"),
        SuspenseReason.SoftbankControl => Barred("ソフトバンクの転送・留守番電話の操作番号", "a control number of SoftBank"),
        SuspenseReason.SatelliteInMobileMode => Barred("携帯電話モードでの衛星電話", "a satellite number in mobile mode"),
        SuspenseReason.ServiceNumberInMobileMode => Barred("携帯電話モードでの0AB0番号", "a service number in mobile mode"),
        SuspenseReason.ServiceNumberBarred => Barred("この0AB0番号", "this kind of service number"),
        SuspenseReason.UnknownDestination => Because(
            "着信番号がどの番号種別の形にも当てはまらない", "交換機の記録を確認する",
            "the called number has the form of no kind of number", "the network must check what was dialled"),
        SuspenseReason.ServiceNumberOfOtherCarrier => Because(
            "他事業者のフリーダイヤル等には発信できない", "番号帯の参照表が誤っていれば訂正して再処理する",
            "the service number is not in a block of ours", "if the block is missing, correct the reference and release the record"),
        SuspenseReason.ServiceNumberRefuses050 => Because(
            "着信者が050番号からの着信を許容していない", "一覧が誤っていれば参照表を訂正して再処理する",
            "the called party does not take calls from 050 numbers", "if the list is wrong, correct the reference and release the record"),
        SuspenseReason.AppTooOld => Because(
            "アプリの版が古い（Android 1.8.0未満またはiOS 1.7.0未満）", "アプリの版の記録を確認する",
            "the app is older than Android 1.8.0 or iOS 1.7.0", "the network must check the version in the record"),
        SuspenseReason.Unconnected050 => Because(
            "着信先の050事業者と接続協定がない、または番号帯が未割当である", "接続関係または番号帯の参照表を訂正して再処理する",
            "the called 050 number belongs to no carrier that is connected", "if the block or the relation is missing, correct the reference and release the record"),
        _ => Because(
            "料金表にこの区分の料金がない、または有効な料金表がない", "料金表を公開して再処理する",
            "the tariff has no price for the class, or no version is in force", "publish the price and release the record"),
    };

    private static Sentence Barred(string ja, string en) => Because(
        $"{ja}には発信できない", "参照表または交換機の記録が誤っていれば訂正する",
        $"{en} can not be reached", "if the record or the reference is wrong, it must be set right");

    private static Sentence Because(string ja, string mendJa, string en, string mendEn) =>
        new($"保留: {ja}。{mendJa}。", $"Suspended: {en}; {mendEn}.");
}
