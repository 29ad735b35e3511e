using System.Text;

namespace Billing.Service.Api;

/// <summary>
/// A list as CSV (RFC 4180, UTF-8), written part by part, so that memory stays bounded and no connection to the database waits for
/// a slow reader.
/// </summary>
internal sealed class CsvAnswer(string file, IReadOnlyList<string> columns, IAsyncEnumerable<IReadOnlyList<object?[]>> parts) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/csv; charset=utf-8";
        response.Headers.ContentDisposition = $"attachment; filename=\"{Safe(file)}\"";
        var text = new StringBuilder();
        Append(text, columns);
        await foreach (var rows in parts.WithCancellation(httpContext.RequestAborted))
        {
            foreach (var row in rows)
            {
                Append(text, row);
            }

            await FlushAsync();
        }

        await FlushAsync();

        async Task FlushAsync()
        {
            await response.WriteAsync(text.ToString(), httpContext.RequestAborted);
            text.Clear();
        }
    }

    private static void Append(StringBuilder text, IReadOnlyList<object?> row)
    {
        for (var i = 0; i < row.Count; i++)
        {
            text.Append(i == 0 ? "" : ",").Append(Csv.Field(row[i]));
        }

        text.Append("\r\n");
    }

    private static string Safe(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
}
