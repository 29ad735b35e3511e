using System.Globalization;
using Billing.Contracts.Events;
using NodaTime;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>Checks what follows from issued invoices: their rows, what they covered, and that the adjustments they carry are settled by them.</summary>
internal sealed class VerifyFollowing(NpgsqlConnection connection, Findings findings, CancellationToken cancel)
{
    public const string Rows = "rows of invoices are what the invoices say";
    public const string Carried = "adjustments that an invoice carries are settled by it";

    private const string InvoiceRows =
        $"""
        select number, contract, month, customer, issued_at, due_on, subtotal::text, tax::text, total::text, digest
        from {BillingStore.Schema}.invoices where number = any($1)
        """;

    private const string SettledBy =
        $"select number, coalesce(settled_by, 'pending') from {BillingStore.Schema}.adjustments where number = any($1)";

    private readonly VerifiedRows _rows = new(connection, findings, cancel);
    private readonly VerifyCovered _covered = new(connection, findings, cancel);

    public async Task RunAsync(IReadOnlyList<IssuedEvent> issued)
    {
        var rows = await _rows.ReadAsync(InvoiceRows, RowText, [issued.Select(Number).ToArray()]);
        foreach (var invoice in issued)
        {
            _rows.Compare(Rows, "invoices", rows, invoice.Stream, Number(invoice), Row(invoice.Issued));
        }

        await _covered.RunAsync(
            [.. issued.Select(invoice => new CoveringDocument(invoice.Stream, Number(invoice), invoice.Issued.Invoice.Contract, invoice.Issued.Covered))]);
        await CarriedAsync([.. issued.Where(invoice => invoice.Issued.Adjustments is { Count: > 0 })]);
    }

    private async Task CarriedAsync(IReadOnlyList<IssuedEvent> carrying)
    {
        if (carrying.Count == 0)
        {
            return;
        }

        var settled = await _rows.ReadAsync(
            SettledBy, reader => (reader.GetString(0), reader.GetString(1)), [carrying.SelectMany(invoice => invoice.Issued.Adjustments!).ToArray()]);
        foreach (var invoice in carrying)
        {
            foreach (var adjustment in invoice.Issued.Adjustments!)
            {
                _rows.Compare(Carried, "adjustments", settled, invoice.Stream, adjustment, Number(invoice));
            }
        }
    }

    private static string Number(IssuedEvent invoice) => invoice.Issued.Invoice.Number ?? "";

    private static (string, string) RowText(NpgsqlDataReader reader) => (
        reader.GetString(0),
        VerifiedRows.Lines(
            reader.GetString(1),
            VerifiedRows.MonthOf(reader, 2).ToString(),
            reader.GetString(3),
            VerifiedRows.InstantOf(reader, 4),
            LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(5)).ToString("uuuu-MM-dd", CultureInfo.InvariantCulture),
            VerifiedRows.Amount(reader.GetString(6)),
            VerifiedRows.Amount(reader.GetString(7)),
            VerifiedRows.Amount(reader.GetString(8)),
            reader.GetString(9)));

    private static string Row(InvoiceIssued issued) => VerifiedRows.Lines(
        issued.Invoice.Contract,
        issued.Invoice.Month.ToString(),
        issued.Invoice.Customer,
        issued.Invoice.IssuedAt?.ToString() ?? "",
        issued.Invoice.DueOn?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture) ?? "",
        issued.Invoice.Subtotal.ToString(),
        issued.Invoice.Tax.ToString(),
        issued.Invoice.Total.ToString(),
        issued.Digest);
}
