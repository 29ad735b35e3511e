using Billing.Contracts;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Explaining;

/// <summary>Where a call stands in the walk of its month's usage limit (R14), and what of it lies beyond.</summary>
internal static class LimitShare
{
    /// <summary>The order of the walk is that of (answered, source, record id), text by code point.</summary>
    private const string Walk =
        $"""
        select count(*) filter (where is_before), count(*), coalesce(sum(charge) filter (where is_before), 0)::text
        from (select charge, (answered_at, source collate "C", record_id collate "C") < ($3, $4 collate "C", $5 collate "C") as is_before
              from {BillingStore.Schema}.rated_calls where usage_month = $1 and contract = $2 and outcome = 'rated') walk
        """;

    public static async Task<CallLimitShare> OfAsync(
        NpgsqlConnection connection, CallName name, CallResult result, Instant answeredAt, (Yen? Limit, long Known) limit, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Walk, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = result.UsageMonth!.Value.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = result.Contract! });
        command.Parameters.Add(new NpgsqlParameter { Value = answeredAt.ToDateTimeUtc(), NpgsqlDbType = NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new NpgsqlParameter { Value = name.Source });
        command.Parameters.Add(new NpgsqlParameter { Value = name.RecordId });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return Of(reader.GetInt64(0) + 1, reader.GetInt64(1), Yen.Parse(reader.GetString(2)), result.Charge, limit);
    }

    private static CallLimitShare Of(long place, long calls, Yen before, Yen charge, (Yen? Limit, long Known) month)
    {
        var beyond = month.Limit is { } limit ? BeyondOf(before, charge, limit) : Yen.Zero;
        var sentence = SentenceOf(place, calls, before, charge, month.Limit, beyond);
        return new CallLimitShare(month.Limit, month.Known, place, calls, before, charge, beyond, sentence.Ja, sentence.En);
    }

    /// <summary>What of a charge lies beyond a limit when so much was charged before it.</summary>
    internal static Yen BeyondOf(Yen before, Yen charge, Yen limit) => Yen.Max(Yen.Zero, Yen.Min(charge, before + charge - limit));

    private static Sentence SentenceOf(long place, long calls, Yen before, Yen charge, Yen? limit, Yen beyond)
    {
        var (ja, en) = ($"当月{Terms.Number(calls)}通話中{Terms.Number(place)}番目（応答時刻順）、それまでの通話料は{Terms.Money(before)}円", $"It is call {Terms.Number(place)} of {Terms.Number(calls)} of the month by the time of answer, after {Terms.Money(before)} yen");
        return limit is not { } yen ? new($"{ja}。利用限度額の設定はない。", $"{en}; the month has no usage limit.")
            : beyond.IsZero ? new($"{ja}。利用限度額{Terms.Money(yen)}円の範囲内である。", $"{en}; it lies within the month's limit of {Terms.Money(yen)} yen.")
            : new(
                $"{ja}。利用限度額{Terms.Money(yen)}円を超えるため、{Terms.Money(charge)}円のうち{Terms.Money(beyond)}円は請求しない。",
                $"{en}; of its {Terms.Money(charge)} yen {Terms.Money(beyond)} lie beyond the month's limit of {Terms.Money(yen)} yen and are not billed.");
    }
}
