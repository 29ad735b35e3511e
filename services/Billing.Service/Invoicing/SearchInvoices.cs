using Billing.Contracts;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Invoicing;

/// <summary>Which issued invoices are looked for: any combination; what is null does not matter (電子帳簿保存法: date, amount, counterparty).</summary>
/// <param name="Contracts">Only those of these contracts.</param>
/// <param name="Customer">A part of the customer's name as it stands on the invoice, whatever the case.</param>
/// <param name="IssuedFrom">Issued at this instant or later.</param>
/// <param name="IssuedBefore">Issued before this instant.</param>
/// <param name="TotalFrom">The total with tax is at least this.</param>
/// <param name="TotalTo">The total with tax is at most this.</param>
public sealed record InvoiceSearch(
    UsageMonth? MonthFrom = null,
    UsageMonth? MonthTo = null,
    IReadOnlyCollection<string>? Contracts = null,
    string? Customer = null,
    Instant? IssuedFrom = null,
    Instant? IssuedBefore = null,
    Yen? TotalFrom = null,
    Yen? TotalTo = null,
    InvoiceOrder Order = InvoiceOrder.Number,
    bool Descending = false);

/// <summary>By what invoices are sorted; the number decides between equals.</summary>
public enum InvoiceOrder
{
    /// <summary>By number: month, then contract.</summary>
    Number,
    Issued,
    Amount,
    Customer,
}

/// <summary>Searches issued invoices, part by part: each part begins behind the entry that ended the one before.</summary>
public static class SearchInvoices
{
    /// <summary>
    /// The distinct names that hold the text: one index look-up per name, however many invoices there are. The names are then found
    /// by the same index.
    /// </summary>
    private const string Names =
        $"""
        with recursive names(name) as (
          (select customer collate "C" from {BillingStore.Schema}.invoices order by customer collate "C" limit 1)
          union all
          select (select i.customer collate "C" from {BillingStore.Schema}.invoices i where i.customer collate "C" > n.name order by i.customer collate "C" limit 1)
          from names n where n.name is not null)
        select name from names where strpos(lower(name), lower($1)) > 0
        """;

    /// <summary>The next invoices of a search.</summary>
    /// <param name="after">The entry behind which to go on; null for the beginning.</param>
    /// <param name="most">How many to read.</param>
    public static async Task<List<InvoiceEntry>> RunAsync(NpgsqlDataSource database, InvoiceSearch search, InvoiceEntry? after, int most, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var names = search.Customer is { Length: > 0 } part ? await NamesAsync(connection, part, cancel) : null;
        if (names?.Length == 0)
        {
            return [];
        }

        await using var command = Command(search, names, after, most);
        command.Connection = connection;
        var entries = new List<InvoiceEntry>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            entries.Add(Entry(reader));
        }

        return entries;
    }

    /// <summary>The query, for whoever runs or explains it.</summary>
    internal static NpgsqlCommand Command(InvoiceSearch search, string[]? names, InvoiceEntry? after, int most)
    {
        var conditions = new Conditions();
        conditions.Add("month >= {0}", search.MonthFrom?.FirstDay.ToDateOnly());
        conditions.Add("month <= {0}", search.MonthTo?.FirstDay.ToDateOnly());
        conditions.Add("contract = any({0})", (object?)search.Contracts?.ToArray());
        conditions.Add("customer collate \"C\" = any({0})", (object?)names);
        conditions.Add("issued_at >= {0}", search.IssuedFrom?.ToDateTimeUtc());
        conditions.Add("issued_at < {0}", search.IssuedBefore?.ToDateTimeUtc());
        conditions.Add("total >= {0}::numeric", search.TotalFrom?.ToString());
        conditions.Add("total <= {0}::numeric", search.TotalTo?.ToString());
        // a bare name would be the column that is answered, which is text
        var (column, cast) = search.Order switch
        {
            InvoiceOrder.Issued => ("i.issued_at", ""),
            InvoiceOrder.Amount => ("i.total", "::numeric"),
            InvoiceOrder.Customer => ("i.customer collate \"C\"", ""),
            _ => ("", ""),
        };
        var behind = search.Descending ? "<" : ">";
        if (after is not null && column.Length > 0)
        {
            conditions.Add($"({column}, number) {behind} ({{0}}{cast}, {{1}})", [KeyOf(after, search.Order), after.Number]);
        }
        else if (after is not null)
        {
            conditions.Add($"number {behind} {{0}}", after.Number);
        }

        var direction = search.Descending ? " desc" : "";
        return conditions.Query(
            $"select number, contract, month, customer, issued_at, due_on, subtotal::text, tax::text, total::text, digest from {BillingStore.Schema}.invoices i",
            $"order by {(column.Length > 0 ? $"{column}{direction}, " : "")}number{direction} limit {most}");
    }

    private static object KeyOf(InvoiceEntry entry, InvoiceOrder order) => order switch
    {
        InvoiceOrder.Issued => entry.IssuedAt.ToDateTimeUtc(),
        InvoiceOrder.Amount => entry.Total.ToString(),
        _ => entry.Customer,
    };

    private static async Task<string[]> NamesAsync(NpgsqlConnection connection, string part, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Names, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = part, NpgsqlDbType = NpgsqlDbType.Text });
        var names = new List<string>();
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            names.Add(reader.GetString(0));
        }

        return [.. names];
    }

    private static InvoiceEntry Entry(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        UsageMonth.Of(LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(2))),
        reader.GetString(3),
        Instant.FromDateTimeUtc(reader.GetDateTime(4)),
        LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(5)),
        Yen.Parse(reader.GetString(6)),
        Yen.Parse(reader.GetString(7)),
        Yen.Parse(reader.GetString(8)),
        reader.GetString(9));
}
