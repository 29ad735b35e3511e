using Billing.Contracts;
using Billing.Contracts.Events;

namespace Billing.Service.Explaining;

/// <summary>Tells the events about a call in their order: when each was recorded, from which delivery and line, and what it changed.</summary>
internal static class CallHappenings
{
    /// <param name="givenBack">What documents gave back for the call, see <see cref="CallCredits"/>.</param>
    public static IReadOnlyList<CallHappening> Of(CallTrail trail, IReadOnlyList<CallHappening> givenBack) =>
        [.. trail.Records.Select(record => Of(trail, record))
            .Concat(trail.Later.Where(later => later.Body is not UsageRerated || trail.Records.Any(record => trail.IsHeld(later, record))).Select(later => Of(trail, later)))
            .Concat(givenBack)
            .OrderBy(happened => happened.RecordedAt)];

    /// <summary>A row that could not be read: nothing but this is kept of it.</summary>
    public static Sentence Rejected(long delivery, long line, string reason) => new(
        $"納品{delivery}の{line}行目は読み取れず棄却された（{reason}: {Words(reason).Ja}）。正しい行を送り直すと取り込まれる。",
        $"Line {line} of delivery {delivery} was rejected ({reason}: {Words(reason).En}); sent again in its right form it is taken in.");

    private static Sentence Words(string reason) => Contracts.Words.RejectReasonOf(reason) switch
    {
        RejectReason.BadQuote => new("引用符の誤り", "its quotes are wrong"),
        RejectReason.BadFieldCount => new("列数が見出しと異なる", "it has more or fewer fields than the header"),
        RejectReason.NotUtf8 => new("UTF-8でない", "its bytes are not UTF-8"),
        RejectReason.FieldTooLong => new("列が長すぎる", "a field is too long"),
        RejectReason.MissingField => new("必須の列が空である", "a required field is empty"),
        RejectReason.BadEnum => new("列の値が定められたものでない", "a field has a value that is none of its list"),
        RejectReason.BadTime => new("日時の形式が誤っている", "a time is not written as one"),
        RejectReason.TimeOrder => new("日時の前後関係が誤っている", "its times are not in order"),
        RejectReason.BadDuration => new("通話時間が負または誤っている", "a duration is negative or none"),
        RejectReason.UnknownRow => new("プロファイルにない行である", "the profile does not say what the row is"),
        _ => new("番号として読めない", "a number can not be read as one"),
    };

    private static CallHappening Of(CallTrail trail, StoredRecord record)
    {
        var conflicting = trail.Conflicts.Contains(record);
        var from = $"{record.File ?? "?"}";
        var replaced = trail.ReplacedBy(record);
        var (what, sentence) = record.Reason is null
            ? ("recorded", new Sentence($"納品{record.Delivery}（{from}）の{record.Line}行目から通話として記録された。", $"Recorded as a call from line {record.Line} of delivery {record.Delivery} ({from})."))
            : conflicting
                ? ("conflicting", new Sentence($"納品{record.Delivery}（{from}）の{record.Line}行目は同じ記録番号で内容が異なるため保留された。", $"Line {record.Line} of delivery {record.Delivery} ({from}) has the same source and id but other contents: it was suspended."))
                : ("suspended", new Sentence($"納品{record.Delivery}（{from}）の{record.Line}行目は{record.Reason}により保留された。", $"Line {record.Line} of delivery {record.Delivery} ({from}) was suspended as {record.Reason}."));
        if (replaced is not null)
        {
            sentence = new Sentence(
                $"{sentence.Ja}取り消された記録{replaced.Id}に代わるものである。", $"{sentence.En} It takes the place of record {replaced.Id}, which was voided.");
        }

        return new CallHappening(what, record.Id, record.Stream, record.Version, record.At, sentence.Ja, sentence.En)
        {
            Replaces = replaced?.Id,
            Delivery = record.Delivery,
            File = record.File,
            Sha256 = record.Sha256,
            Line = record.Line,
            Known = record.Known,
            Reason = record.Reason,
            Differs = conflicting ? Differences(trail.Records[0].Call, record.Call) : replaced is null ? null : Differences(replaced.Call, record.Call),
        };
    }

    private static CallHappening Of(CallTrail trail, LaterEvent later)
    {
        var (what, call, known, grounds, sentence) = later.Body switch
        {
            CallReleased released => ("released", released.Recorded, released.Known, null, new Sentence(
                $"保留が解除され、{released.Stream}に通話として記録された。", $"It left suspense and was recorded on {released.Stream}.")),
            CallVoided voided => ("voided", voided.Call, (long?)null, voided.Grounds, new Sentence(
                $"{voided.Grounds.By}が取り消した（{Ja(voided.Grounds)}）。", $"{voided.Grounds.By} voided it: {En(voided.Grounds)}.")),
            CallCorrected corrected => ("corrected", corrected.Call, corrected.Known, corrected.Grounds, new Sentence(
                $"{corrected.Grounds.By}が内容を訂正した（{Ja(corrected.Grounds)}）。", $"{corrected.Grounds.By} set its facts right: {En(corrected.Grounds)}.")),
            UsageRerated rerated when !trail.Records.Any(record => trail.Concerns(later, rerated, record)) => ("not-rerated", (Guid?)null, (long?)rerated.Known, (CorrectionGrounds?)rerated.Grounds, new Sentence(
                $"{rerated.Grounds.By}がそれまでの通話を知識番号{rerated.Known}で再計算したが、この通話は返還済みのため変更されない（{Ja(rerated.Grounds)}）。",
                $"{rerated.Grounds.By} had the calls before it rated with knowledge {rerated.Known}, but not this one, which was given back: {En(rerated.Grounds)}.")),
            UsageRerated rerated => ("rerated", (Guid?)null, (long?)rerated.Known, (CorrectionGrounds?)rerated.Grounds, new Sentence(
                $"{rerated.Grounds.By}がそれまでの通話を知識番号{rerated.Known}で再計算した（{Ja(rerated.Grounds)}）。",
                $"{rerated.Grounds.By} had the calls before it rated with knowledge {rerated.Known}: {En(rerated.Grounds)}.")),
            _ => throw new InvalidOperationException($"There are no words for the event {later.Body.GetType().Name}."),
        };
        return new CallHappening(what, later.Id, later.Stream, later.Version, later.At, sentence.Ja, sentence.En)
        {
            Call = call,
            ReplacedBy = later.Body is CallVoided { Call: var gone } ? trail.ReplacementOf(gone)?.Id : null,
            Known = known,
            Grounds = grounds,
            Differs = later.Body is CallCorrected { Facts: var facts } && trail.Records.FirstOrDefault(record => record.Id == call) is { } before
                ? Differences(before.Call, facts)
                : null,
        };
    }

    private static string Ja(CorrectionGrounds grounds) =>
        $"{grounds.Reason}{Terms.If(grounds.Evidence, "、根拠: ")}{Terms.If(grounds.Document, "、金額は", "による")}";

    private static string En(CorrectionGrounds grounds) =>
        $"{grounds.Reason}{Terms.If(grounds.Evidence, "; evidence: ")}{Terms.If(grounds.Document, "; the money is on ")}";

    /// <summary>The columns in which two records differ.</summary>
    private static IReadOnlyList<string> Differences(CallRecord first, CallRecord other) =>
        [.. typeof(CallRecord).GetProperties()
            .Where(member => !Equals(member.GetValue(first), member.GetValue(other)))
            .Select(member => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(member.Name))];
}
