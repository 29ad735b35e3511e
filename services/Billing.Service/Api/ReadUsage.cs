using Billing.Contracts;
using Billing.Service.Access;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Knowledge;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>A contract's usage of one month so far, with exact sums: nothing is rounded before the invoice.</summary>
public sealed record ContractUsage(string Contract, UsageMonth Month, long Calls, long Unanswered, Yen Charge, IReadOnlyList<UsageGroup> Groups);

/// <summary>The calls of one class, carrier and tax category.</summary>
public sealed record UsageGroup(string Class, string? Carrier, string TaxCategory, long Calls, Seconds Chargeable, Yen Charge);

/// <summary><c>GET /api/v1/contracts/{id}/usage?month=YYYY-MM</c>.</summary>
public static class ReadUsageEndpoint
{
    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [WolverineGet(ApiRoutes.V1 + "/contracts/{id}/usage")]
    public static async Task<IResult> Get(string id, string? month, HttpContext http, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (!UsageMonth.TryParse(month, out var usageMonth))
        {
            return Problems.BadRequest("month", "A month YYYY-MM is expected.");
        }

        await using var connection = await database.OpenConnectionAsync(cancellation);
        return Caller.Of(http).MaySee(id) && await ExistsAsync(connection, id, cancellation)
            ? Results.Ok(await ReadAsync(connection, id, usageMonth, cancellation))
            : Problems.NotFound($"There is no contract {id}.");
    }

    private static async Task<ContractUsage> ReadAsync(NpgsqlConnection connection, string contract, UsageMonth month, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(
            """
            select class, carrier, tax_category, calls, chargeable_ms, charge::text from billing.month_usage
            where usage_month = $1 and contract = $2 order by class, carrier, tax_category
            """, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var groups = new List<UsageGroup>();
        var unanswered = 0L;
        var charge = Yen.Zero;
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

        return new ContractUsage(contract, month, groups.Sum(group => group.Calls), unanswered, charge, groups);
    }

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string contract, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand("select exists (select from billing.mt_streams where id = $1)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = KnowledgeStreams.Contract(contract) });
        return (bool)(await command.ExecuteScalarAsync(cancellation))!;
    }
}
