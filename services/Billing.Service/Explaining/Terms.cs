using System.Globalization;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Rating.Reasoning;
using Billing.Service.Invoicing;
using Billing.Service.Knowledge;
using NodaTime;

namespace Billing.Service.Explaining;

/// <summary>One sentence for a person, in Japanese and in English.</summary>
public readonly record struct Sentence(string Ja, string En);

/// <summary>The words, amounts and dates of which sentences are made.</summary>
internal static class Terms
{
    private static readonly Dictionary<string, string> Classes = new(StringComparer.Ordinal)
    {
        ["on-net-050"] = "自社の050番号（無料通話先）",
        ["partner-050"] = "提携事業者の050番号（無料通話先）",
        ["paid-050"] = "他事業者の050番号（有料通話先）",
        ["fixed"] = "固定電話",
        ["mobile"] = "携帯電話",
        ["international"] = "国際電話",
        ["satellite"] = "衛星電話",
        ["free-dial"] = "フリーダイヤル",
        ["navi-dial"] = "ナビダイヤル",
        ["teledome"] = "テレドーム",
        ["extension"] = "内線",
    };

    private static readonly Dictionary<string, string> Days = new(StringComparer.Ordinal)
    {
        ["mon"] = "月",
        ["tue"] = "火",
        ["wed"] = "水",
        ["thu"] = "木",
        ["fri"] = "金",
        ["sat"] = "土",
        ["sun"] = "日",
        ["holiday"] = "祝",
    };

    public static string ClassJa(string callClass) => Classes.GetValueOrDefault(callClass, callClass);

    public static string CategoryJa(string category) => category switch
    {
        "S" => "S（標準税率）",
        "G" => "G（免税）",
        _ => "O（対象外）",
    };

    public static string CategoryEn(string category) => category switch
    {
        "S" => "S (standard rate)",
        "G" => "G (zero-rated)",
        _ => "O (outside tax)",
    };

    public static string RelationJa(CarrierRelation relation) => relation switch
    {
        CarrierRelation.Own => "自社",
        CarrierRelation.Partner => "提携（無料）",
        CarrierRelation.Paid => "有料接続",
        _ => "接続なし",
    };

    public static string RelationEn(CarrierRelation relation) => relation switch
    {
        CarrierRelation.Own => "our own",
        CarrierRelation.Partner => "a partner (free)",
        CarrierRelation.Paid => "paid interconnection",
        _ => "not connected",
    };

    /// <summary>Yen with thousands separators when whole, else as exact as it is.</summary>
    public static string Money(Yen amount) => amount.IsWhole ? InvoiceText.Money(amount) : amount.ToString();

    public static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Date(LocalDate date) => date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    public static string Time(Instant instant) => InstantText.WithZone(instant);

    /// <summary>The first and the last day, both inclusive.</summary>
    public static string ValidJa(Validity? validity) => validity switch
    {
        null => "期間の定めなし",
        { From: null, To: null } => "期間の定めなし",
        { From: { } from, To: null } => $"{Date(from)}から有効",
        { From: null, To: { } to } => $"{Date(to.PlusDays(-1))}まで有効",
        { From: { } from, To: { } to } => $"{Date(from)}から{Date(to.PlusDays(-1))}まで有効",
    };

    /// <inheritdoc cref="ValidJa"/>
    public static string ValidEn(Validity? validity) => validity switch
    {
        null => "valid without dates",
        { From: null, To: null } => "valid without dates",
        { From: { } from, To: null } => $"valid from {Date(from)}",
        { From: null, To: { } to } => $"valid to {Date(to.PlusDays(-1))}",
        { From: { } from, To: { } to } => $"valid from {Date(from)} to {Date(to.PlusDays(-1))}",
    };

    public static string PeriodJa(PeriodFigures period) =>
        period.Days is not { } days ? "終日" : $"{string.Concat(days.Select(day => Days.GetValueOrDefault(day, day)))} {period.From}から";

    public static string PeriodEn(PeriodFigures period) =>
        period.Days is not { } days ? "at all times" : $"{string.Join(',', days)} from {period.From}";

    /// <summary>A text and its other half for the language: <c>, kind forward</c>.</summary>
    public static string If(string? value, string before, string after = "") => string.IsNullOrEmpty(value) ? "" : before + value + after;
}
