using System.Text.Json;

namespace Billing.Service.Tests.Api;

/// <summary>Lists read part by part, as a client does.</summary>
internal static class Parts
{
    /// <summary>All entries of a list, so many at a time.</summary>
    /// <param name="path">The list with its filters.</param>
    /// <param name="between">What happens between two parts.</param>
    public static async Task<List<JsonElement>> ReadAllAsync(this HttpClient http, string path, int limit, Func<int, Task>? between = null)
    {
        var entries = new List<JsonElement>();
        string? cursor = null;
        for (var part = 0; ; part++)
        {
            part.ShouldBeLessThan(10_000, "the list does not end");
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var answer = await (await http.GetAsync($"{path}{separator}limit={limit}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}")).ReadAsync();
            var items = answer.GetProperty("items").EnumerateArray().ToList();
            items.Count.ShouldBeLessThanOrEqualTo(limit);
            entries.AddRange(items);
            if (!answer.TryGetProperty("next", out var next))
            {
                return entries;
            }

            cursor = next.GetString();
            if (between is not null)
            {
                await between(part);
            }
        }
    }

    /// <summary>The rows of a CSV answer, split at commas that no field holds.</summary>
    public static async Task<List<string[]>> ReadCsvAsync(this HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.OK, text);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/csv");
        text.ShouldEndWith("\r\n");
        return [.. text.Split("\r\n")[..^1].Select(line => line.Split(','))];
    }
}
