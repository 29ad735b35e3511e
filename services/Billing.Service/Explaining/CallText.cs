using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Station.Finance;
using Billing.Service.Station.Language;
using Billing.Service.Usage;

namespace Billing.Service.Explaining;

/// <summary>An explained call as a person reads it.</summary>
internal static class CallText
{
    public static void Write(TextWriter text, CallExplanation call, string language)
    {
        var ja = language == "ja";
        text.WriteLine($"{(ja ? "通話" : "Call")} {call.Source}/{call.RecordId}: {(ja ? DomainTexts.Outcome(call.Outcome).Ja : call.Outcome)}{Summary(call.Result, ja)}");
        foreach (var fault in call.Faults)
        {
            text.WriteLine($"{(ja ? "!! 不整合" : "!! FAULT")}: {fault}");
        }

        if (call.Difference is { } difference)
        {
            text.WriteLine(ja ? difference.Ja : difference.En);
        }

        if (call.Record is { } record)
        {
            if (call.Captured is { } captured)
            {
                Heading(text, ja ? "記録（取得時）" : "Record as captured");
                WriteRecord(text, captured, ja);
            }

            Heading(text, (ja ? "記録" : "Record") + (call.Captured is null ? "" : ja ? "（訂正後）" : " as corrected"));
            WriteRecord(text, record, ja);
        }

        Heading(text, $"{(ja ? "理由" : "Reasoning")}{(call.Known is { } known ? (ja ? $"（知識番号{known}）" : $" (knowledge {known})") : "")}");
        WriteSteps(text, call.Steps, language);
        if (call.Limit is { } limit)
        {
            WriteStep(text, "R14", "usage-limit", ja ? limit.Ja : limit.En);
        }

        if (call.Invoice is { } invoice)
        {
            WriteStep(text, "§8", "invoice", ja ? invoice.Ja : invoice.En);
        }

        if (call.Events.Count > 0)
        {
            Heading(text, ja ? "経緯" : "History");
            WriteEvents(text, call.Events, ja);
        }
    }

    public static void WriteSteps(TextWriter text, IEnumerable<ExplainedStep> steps, string language)
    {
        foreach (var step in steps)
        {
            WriteStep(text, step.Rule, step.Step, step.In(language));
        }
    }

    public static void Heading(TextWriter text, string heading)
    {
        text.WriteLine();
        text.WriteLine(heading);
    }

    private static void WriteStep(TextWriter text, string rule, string step, string sentence) => text.WriteLine($"  {rule,-6} {step,-18} {sentence}");

    private static string Summary(CallResult? result, bool ja) =>
        result is null ? ""
        : result.Outcome == Words.Of(Outcome.Rated) ? $", {Terms.Money(result.Charge)}{(ja ? $"円, {Terms.ClassJa(result.Class!)}" : $" yen, {result.Class}")}, {result.UsageMonth}, {result.Contract}"
        : result.Reason is { } reason ? $", {(ja ? FinanceNames.Suspense(reason).Ja : reason)}"
        : $", {result.UsageMonth}{Terms.If(result.Contract, ", ")}";

    private static void WriteRecord(TextWriter text, CallRecord record, bool ja)
    {
        var members = new (string En, string Ja, string? Value)[]
        {
            ("kind, mode", "種別・モード", ja ? $"{DomainTexts.CallKind(record.Kind).Ja}, {DomainTexts.Mode(record.Mode).Ja}" : $"{record.Kind}, {record.Mode}"),
            ("calling", "発信番号", record.CallingNumber),
            ("called", "着信番号", record.CalledNumber),
            ("forwarded by", "転送元番号", record.ForwardedBy),
            ("presented", "通知番号", record.PresentedNumber),
            ("started", "発信", Terms.Time(record.StartedAt)),
            ("answered", "応答", record.AnsweredAt is { } answered ? Terms.Time(answered) : null),
            ("ended", "切断", $"{Terms.Time(record.EndedAt)} {record.EndCause}"),
            ("speech lost", "通話不能", record.SpeechLostAt is { } lost ? Terms.Time(lost) : null),
            ("carrier", "着信事業者", record.TerminatingCarrier),
            ("origin", "発信国", record.OriginCountry),
            ("device", "端末", record.Device is null && record.AppVersion is null ? null : $"{record.Device} {record.AppVersion}".Trim()),
        };
        foreach (var (en, japanese, value) in members.Where(member => member.Value is not null))
        {
            text.WriteLine(ja ? $"  {japanese}: {value}" : $"  {en,-25} {value}");
        }
    }

    private static void WriteEvents(TextWriter text, IReadOnlyList<CallHappening> events, bool ja)
    {
        foreach (var happened in events)
        {
            text.WriteLine($"  {Terms.Time(happened.RecordedAt),-25} {(ja ? happened.Ja : happened.En)}");
            text.WriteLine($"  {"",-25} {happened.Stream} {(ja ? "版" : "version ")}{happened.Version}, {happened.Id}{(happened.Known is { } known ? (ja ? $", 知識番号{known}" : $", knowledge {known}") : "")}");
            if (happened.Differs is { Count: > 0 } differs)
            {
                text.WriteLine($"  {"",-25} {(ja ? "相違" : "differs in")}: {string.Join(", ", differs)}");
            }
        }
    }
}
