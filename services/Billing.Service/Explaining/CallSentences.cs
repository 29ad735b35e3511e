using Billing.Rating.Reasoning;

namespace Billing.Service.Explaining;

/// <summary>Sentences about who pays, the time and the charge of a call.</summary>
internal static class CallSentences
{
    /// <summary>Null when the figures are of another kind of step.</summary>
    public static Sentence? Of(Figures figures) => figures switch
    {
        PayerFigures payer => Payer(payer),
        UsageMonthFigures month => new(
            $"応答日時（日本時間）により{month.Month}の利用分となる。",
            $"It is usage of {month.Month}, the Tokyo month of the answer."),
        UnansweredFigures month => new(
            $"応答がなかったため料金は0円で、{month.Month}の記録としてのみ残る。",
            $"Nobody answered: it is recorded for {month.Month} and costs nothing."),
        ChargeableTimeFigures time => ChargeableTime(time),
        TailOverLimitFigures tail => new(
            $"通話できなくなってから{tail.Open}秒間回線が接続されていたが、課金は{tail.Limit}秒までとし、残り{tail.NotCharged}秒は課金しない。",
            $"The line stayed open for {tail.Open} s after speech was lost; {tail.Limit} s of that are charged, {tail.NotCharged} s are not."),
        TailFigures tail => new(
            $"通話できなくなってから切断までの{tail.Tail}秒も通話時間に含まれ、料金{Terms.Money(tail.Charge)}円のうち{Terms.Money(tail.TailCharge)}円がその分である（これがなければ{Terms.Money(tail.ChargeWithoutTail)}円）。",
            $"The {tail.Tail} s between the loss of speech and the disconnection count as call time: {Terms.Money(tail.TailCharge)} of the {Terms.Money(tail.Charge)} yen (without them it would be {Terms.Money(tail.ChargeWithoutTail)})."),
        ChargeFigures charge => new(
            $"料金は税抜{Terms.Money(charge.Charge)}円（課金単位{Terms.Number(charge.Units)}回）、税区分は{Terms.CategoryJa(charge.TaxCategory)}。",
            $"The charge is {Terms.Money(charge.Charge)} yen without tax for {Units(charge.Units)}, tax category {Terms.CategoryEn(charge.TaxCategory)}."),
        _ => null,
    };

    public static string Units(long units) => Counted.Of(units, "increment");

    private static Sentence Payer(PayerFigures payer)
    {
        var (validJa, validEn) = ($"番号は{Terms.ValidJa(payer.NumberValidity)}、契約は{Terms.ValidJa(payer.ContractValidity)}", $"the number is {Terms.ValidEn(payer.NumberValidity)}, the contract {Terms.ValidEn(payer.ContractValidity)}");
        return payer.MobileNumber is { } mobile
            ? new(
                $"{Terms.Date(payer.On)}時点で携帯番号{mobile}は契約{payer.Contract}（{payer.Service}）の{payer.Number}と組み合わされており、料金はこの050番号に計上する（{validJa}）。",
                $"On {Terms.Date(payer.On)} the mobile number {mobile} is paired with {payer.Number} of contract {payer.Contract} ({payer.Service}), on which the charge is booked; {validEn}.")
            : new(
                $"{Terms.Date(payer.On)}時点で{payer.Number}は契約{payer.Contract}（{payer.Service}）の番号であり、同契約が支払う（{validJa}）。",
                $"On {Terms.Date(payer.On)} the number {payer.Number} belongs to contract {payer.Contract} ({payer.Service}), which pays; {validEn}.");
    }

    private static Sentence ChargeableTime(ChargeableTimeFigures time)
    {
        var (answered, ended) = (Terms.Time(time.AnsweredAt), Terms.Time(time.EndedAt));
        var shortened = time.Chargeable.Milliseconds < time.Connected.Milliseconds;
        return new(
            shortened
                ? $"応答（{answered}）から切断（{ended}）までの{time.Connected}秒のうち、{time.Chargeable}秒が課金対象となる。"
                : $"応答（{answered}）から切断（{ended}）までの{time.Chargeable}秒が課金対象となる。",
            shortened
                ? $"Of the {time.Connected} s from the answer at {answered} to the end at {ended}, {time.Chargeable} s are chargeable."
                : $"The {time.Chargeable} s from the answer at {answered} to the end at {ended} are chargeable.");
    }
}
