using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.Explaining;

/// <summary>Finds the invoice that covers a recorded call and the line that carries it.</summary>
internal sealed class CarryingLines(NpgsqlDataSource database, CancellationToken cancel)
{
    /// <summary>The first invoice that closed the stream after the call; documents that are no invoices cover no calls.</summary>
    private const string Covering =
        $"""
        select i.number, (u.covered ->> 'streamVersion')::bigint
        from {BillingStore.Schema}.invoiced_usage u join {BillingStore.Schema}.invoices i on i.number = u.invoice
        where u.contract = $1 and u.usage_month = $2 and (u.covered ->> 'streamVersion')::bigint > $3 and ($4::timestamptz is null or i.issued_at <= $4)
        order by 2 limit 1
        """;

    /// <summary>The invoice, and the version of its closing event on the call's stream; null when no invoice covers it yet.</summary>
    public async Task<(InvoiceIssued Issued, long ClosedAt)?> FindAsync(StoredRecord record, Instant? asOf)
    {
        var (contract, month) = StoredRow.OwnerOf(record.Stream);
        if (contract is null)
        {
            return null;
        }

        await using var command = database.CreateCommand(Covering);
        command.Parameters.Add(new NpgsqlParameter { Value = contract });
        command.Parameters.Add(new NpgsqlParameter { Value = month.FirstDay.ToDateOnly() });
        command.Parameters.Add(new NpgsqlParameter { Value = record.Version });
        command.Parameters.Add(new NpgsqlParameter { Value = (object?)asOf?.ToDateTimeUtc() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) && await ShowInvoice.FindAsync(database, reader.GetString(0), cancel) is { } issued
            ? (issued, reader.GetInt64(1))
            : null;
    }

    /// <param name="covered">What the call was when the invoice was made.</param>
    public static CarryingLine Of(InvoiceIssued issued, CallResult covered)
    {
        var invoice = issued.Invoice;
        var section = covered.UsageMonth == invoice.Month ? "usage" : "prior-usage";
        for (var i = 0; i < invoice.Lines.Count && covered.Class is not null; i++)
        {
            var line = invoice.Lines[i];
            if (line.Section == section && line.Code == covered.Class && line.Detail == covered.Carrier && line.Month == covered.UsageMonth && line.TaxCategory == covered.TaxCategory)
            {
                return new CarryingLine(
                    invoice.Number, i + 1, section, line.Month, line.Amount, line.TaxCategory, invoice.IssuedAt,
                    $"請求書{invoice.Number}の{i + 1}行目（{(section == "usage" ? "当月利用分" : $"{line.Month}の遅着利用分")}、{Terms.ClassJa(line.Code)}、{Terms.Money(line.Amount)}円、税区分{Terms.CategoryJa(line.TaxCategory)}）に含まれる。",
                    $"Line {i + 1} of invoice {invoice.Number} carries it: {section} {line.Code}{Terms.If(line.Detail, " ")} of {line.Month}, {Terms.Money(line.Amount)} yen, tax category {Terms.CategoryEn(line.TaxCategory)}.");
            }
        }

        return new CarryingLine(
            invoice.Number, null, null, covered.UsageMonth, null, null, invoice.IssuedAt,
            $"請求書{invoice.Number}の対象期間に含まれるが、料金がないため明細行はない。",
            $"Invoice {invoice.Number} covers it; it is on no line, for nothing is charged.");
    }

    public static CarryingLine None { get; } = new(
        null, null, null, null, null, null, null, "まだ請求書に含まれていない。", "No invoice carries it yet.");
}
