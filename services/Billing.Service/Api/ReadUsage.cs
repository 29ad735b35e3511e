using Billing.Contracts;
using Billing.Rating.Invoicing;
using Billing.Service.Access;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>A contract's usage of one month so far, with exact sums: nothing is rounded before the invoice.</summary>
/// <param name="Limit">How much of the month's limit is used; absent without a limit (R14).</param>
public sealed record ContractUsage(string Contract, UsageMonth Month, long Calls, long Unanswered, Yen Charge, LimitShare? Limit, IReadOnlyList<UsageGroup> Groups);

/// <summary>The calls of one class, carrier and tax category.</summary>
public sealed record UsageGroup(string Class, string? Carrier, string TaxCategory, long Calls, Seconds Chargeable, Yen Charge);

/// <summary>A month's usage beside its limit.</summary>
/// <param name="Amount">The limit in yen.</param>
/// <param name="Percent">The share of it that is used, in whole per cent, rounded down; of a limit of 0 yen 100 as soon as anything is charged.</param>
/// <param name="Beyond">What lies beyond the limit, 0 when nothing does.</param>
/// <param name="Reached">When 50, 80 and 100 per cent were reached.</param>
public sealed record LimitShare(Yen Amount, long Percent, Yen Beyond, IReadOnlyList<LimitStep> Reached);

/// <summary>A step of the limit and when it was reached.</summary>
public sealed record LimitStep(int Percent, Instant At);

/// <summary><c>GET /api/v1/contracts/{id}/usage?month=YYYY-MM</c>.</summary>
[Tags("Usage")]
public static class ReadUsageEndpoint
{
    [WolverineGet(ApiRoutes.V1 + "/contracts/{id}/usage", OperationId = "getUsage", Summary = "A month's usage so far, with the share of the limit")]
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [ProducesResponseType<ContractUsage>(StatusCodes.Status200OK)]
    [Refuses(400, 404)]
    public static async Task<IResult> Get(string id, string? month, HttpContext http, NpgsqlDataSource database, KnowledgeCache knowledge, CancellationToken cancellation)
    {
        var asked = new Asked();
        var usageMonth = asked.RequiredMonth(month);
        if (asked.Wrong is not null)
        {
            return asked.Wrong;
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        return (await knowledge.CurrentAsync(connection, cancellation)).Contracts.Find(id) is { } contract && Visible.Whole(http, id)
            ? Results.Ok(await ReadAsync(connection, id, usageMonth, BillingMonth.LimitOf(contract, usageMonth), cancellation))
            : Problems.NotFound($"There is no contract {id}.");
    }

    private static async Task<ContractUsage> ReadAsync(NpgsqlConnection connection, string contract, UsageMonth month, Yen? limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select class, carrier, tax_category, calls, chargeable_ms, charge::text from billing.month_usage
            where usage_month = $1 and contract = $2 order by class, carrier, tax_category
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        var groups = new List<UsageGroup>();
        var unanswered = 0L;
        var charge = Yen.Zero;
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
            {
                // the row without a class counts the calls that were not answered
                if (reader.GetString(0) is not { Length: > 0 } callClass)
                {
                    unanswered += reader.GetInt64(3);
                    continue;
                }

                var carrier = reader.GetString(1);
                var group = new UsageGroup(callClass, carrier.Length > 0 ? carrier : null, reader.GetString(2), reader.GetInt64(3), new Seconds(reader.GetInt64(4)), Yen.Parse(reader.GetString(5)));
                charge += group.Charge;
                groups.Add(group);
            }
        }

        return new ContractUsage(
            contract, month, groups.Sum(group => group.Calls), unanswered, charge,
            limit is { } amount ? await ShareAsync(connection, contract, month, charge, amount, cancellation) : null,
            groups);
    }

    private static async Task<LimitShare> ShareAsync(NpgsqlConnection connection, string contract, UsageMonth month, Yen charge, Yen limit, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            "select percent, reached_at from billing.usage_limit_alerts where contract = $1 and usage_month = $2 order by percent", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        var reached = new List<LimitStep>();
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            reached.Add(new LimitStep(reader.GetInt32(0), Instant.FromDateTimeUtc(reader.GetDateTime(1))));
        }

        var percent = limit.IsZero ? (charge.IsZero ? 0 : 100) : (long)((System.Numerics.BigInteger)charge.Units * 100 / limit.Units);
        return new LimitShare(limit, percent, charge > limit ? charge - limit : Yen.Zero, reached);
    }
}
