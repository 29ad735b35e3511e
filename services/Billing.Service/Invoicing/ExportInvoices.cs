using System.Globalization;
using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using NodaTime.Text;
using Npgsql;

namespace Billing.Service.Invoicing;

/// <summary>
/// Writes the issued invoices of a month into a folder: <c>invoices.json</c> as published, <c>invoices.csv</c> with one row
/// per invoice, <c>invoice-lines.csv</c> with one per line. Files appear whole or not at all.
/// </summary>
public static class ExportInvoices
{
    /// <returns>How many invoices were written; without any no file is.</returns>
    public static async Task<int> RunAsync(NpgsqlDataSource database, UsageMonth month, string folder, CancellationToken cancel)
    {
        var invoices = new List<InvoiceDocument>();
        await foreach (var issued in ShowInvoice.OfMonthAsync(database, month, cancel))
        {
            invoices.Add(issued.Invoice);
        }

        if (invoices.Count == 0)
        {
            // the files of another month may lie there
            return 0;
        }

        Directory.CreateDirectory(folder);
        await WriteAsync(folder, "invoices.json", async stream =>
        {
            await JsonSerializer.SerializeAsync(stream, new InvoicesDocument { Invoices = invoices }, BillingJson.Indented, cancel);
            stream.WriteByte((byte)'\n');
        });
        await WriteAsync(folder, "invoices.csv", stream => CsvAsync(
            stream,
            "number,contract,month,customer,issued_at,due_on,subtotal,tax,total",
            invoices.Select(invoice => new object?[]
            {
                invoice.Number, invoice.Contract, invoice.Month, invoice.Customer, At(invoice), Date(invoice), invoice.Subtotal, invoice.Tax, invoice.Total,
            })));
        await WriteAsync(folder, "invoice-lines.csv", stream => CsvAsync(
            stream,
            "number,section,code,detail,month,quantity,seconds,amount,tax_category",
            invoices.SelectMany(invoice => invoice.Lines, (invoice, line) => new object?[]
            {
                invoice.Number, line.Section, line.Code, line.Detail, line.Month, line.Quantity, line.Seconds, line.Amount, line.TaxCategory,
            })));
        return invoices.Count;
    }

    private static string? At(InvoiceDocument invoice) => invoice.IssuedAt is { } at ? InstantPattern.ExtendedIso.Format(at) : null;

    private static string? Date(InvoiceDocument invoice) => invoice.DueOn?.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture);

    private static async Task WriteAsync(string folder, string name, Func<Stream, Task> write)
    {
        var path = Path.Combine(folder, name);
        var partial = path + ".partial";
        try
        {
            await using (var stream = new FileStream(partial, FileMode.Create, FileAccess.Write))
            {
                await write(stream);
            }

            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static async Task CsvAsync(Stream stream, string header, IEnumerable<object?[]> rows)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(false), leaveOpen: true) { NewLine = "\n" };
        await text.WriteLineAsync(header);
        foreach (var row in rows)
        {
            await text.WriteLineAsync(Csv.Row(row));
        }
    }
}
