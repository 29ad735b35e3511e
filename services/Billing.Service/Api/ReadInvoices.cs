using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Access;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Invoicing;
using Marten;
using NodaTime;
using Npgsql;
using Wolverine.Http;

namespace Billing.Service.Api;

/// <summary>An issued invoice in the list of its month.</summary>
public sealed record InvoiceSummary(string Number, string Contract, UsageMonth Month, string Customer, Instant IssuedAt, LocalDate DueOn, Yen Total);

/// <summary>The issued invoices of a month, sorted by contract.</summary>
public sealed record InvoiceList(UsageMonth Month, IReadOnlyList<InvoiceSummary> Invoices, string? Next);

/// <summary>
/// <c>GET /api/v1/invoices?month=YYYY-MM</c>, a thousand at a time (<c>after</c> is the contract to go on behind), and
/// <c>GET /api/v1/invoices/{number}</c>: the document as it was issued.
/// </summary>
public static class ReadInvoicesEndpoint
{
    private const int PageSize = 1000;

    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [WolverineGet(ApiRoutes.V1 + "/invoices")]
    public static async Task<IResult> List(string? month, string? after, HttpContext http, NpgsqlDataSource database, CancellationToken cancellation)
    {
        if (!UsageMonth.TryParse(month, out var usageMonth))
        {
            return Problems.BadRequest("month", "A month YYYY-MM is expected.");
        }

        await using var command = database.CreateCommand(
            """
            select number, contract, month, customer, issued_at, due_on, total::text from billing.invoices
            where month = $1 and contract > $2 and ($4::text[] is null or contract = any($4)) order by contract limit $3
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = usageMonth.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = after ?? "" });
        command.Parameters.Add(new NpgsqlParameter { Value = PageSize });
        command.Parameters.Add(new NpgsqlParameter { Value = Caller.Of(http).Contracts?.ToArray() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var invoices = new List<InvoiceSummary>();
        while (await reader.ReadAsync(cancellation))
        {
            invoices.Add(new InvoiceSummary(
                reader.GetString(0),
                reader.GetString(1),
                usageMonth,
                reader.GetString(3),
                Instant.FromDateTimeUtc(reader.GetDateTime(4)),
                LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(5)),
                Yen.Parse(reader.GetString(6))));
        }

        return Results.Ok(new InvoiceList(usageMonth, invoices, invoices.Count == PageSize ? invoices[^1].Contract : null));
    }

    [ForRoles(Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.CustomerAdmin, Roles.CustomerViewer)]
    [WolverineGet(ApiRoutes.V1 + "/invoices/{number}")]
    public static async Task<IResult> Get(string number, HttpContext http, NpgsqlDataSource database, IQuerySession session, CancellationToken cancellation)
    {
        await using var command = database.CreateCommand("select contract, month from billing.invoices where number = $1");
        command.Parameters.Add(new NpgsqlParameter { Value = number });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        if (!await reader.ReadAsync(cancellation) || !Caller.Of(http).MaySee(reader.GetString(0)))
        {
            return Problems.NotFound($"There is no invoice {number}.");
        }

        var stream = InvoiceKeys.InvoiceStream(reader.GetString(0), UsageMonth.Of(LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(1))));
        var events = await session.Events.FetchStreamAsync(stream, token: cancellation);
        return Results.Ok(events.Select(x => x.Data).OfType<InvoiceIssued>().First().Invoice);
    }
}
