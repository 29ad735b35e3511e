using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Billing.Service.Api.Describing;

/// <summary>What the parameters of the API mean. A name means the same on every endpoint.</summary>
internal static class DescribeParameters
{
    private const string Date = "date";

    private static readonly Dictionary<string, (string Description, Func<OpenApiSchema> Schema)> Known = new(StringComparer.Ordinal)
    {
        ["month"] = ("A month in Tokyo, YYYY-MM.", Month),
        ["contract"] = ("A contract's id.", Text),
        ["customer"] = ("A part of the customer's name.", Text),
        ["service"] = ("The service of the contract.", () => Words("biz", "w-mode")),
        ["number"] = ("A number: of the contract where calls are listed (050…), of the document where one is read.", Text),
        ["department"] = ("The department to which the calling number belonged on the day of the call.", Text),
        ["class"] = ("The class of the call: fixed, mobile, on-net-050, international …", Text),
        ["outcome"] = ("What became of the record.", () => Words("rated", "unanswered")),
        ["from"] = ("The first day, in Tokyo.", () => Formatted(Date)),
        ["to"] = ("The last day, in Tokyo.", () => Formatted(Date)),
        ["issuedFrom"] = ("Issued on this day in Tokyo or later.", () => Formatted(Date)),
        ["issuedTo"] = ("Issued on this day in Tokyo or before.", () => Formatted(Date)),
        ["amountFrom"] = ("At least this amount of yen; of invoices the total with tax.", Amount),
        ["amountTo"] = ("At most this amount of yen; of invoices the total with tax.", Amount),
        ["order"] = ("By what the list is sorted; a minus before it turns the order round.", () => Words(
            "number", "-number", "issued", "-issued", "amount", "-amount", "customer", "-customer")),
        ["limit"] = ("How many entries one answer has at most.", () => Whole(1, Paging.Page.Most, Paging.Page.Usual)),
        ["cursor"] = ("Where to go on: the next of the answer before.", Text),
        ["invoice"] = ("An invoice's number.", Text),
        ["dispute"] = ("The dispute on whose grounds it is done.", Text),
        ["state"] = ("The state.", Text),
        ["overdue"] = ("true: only open ones whose deadline has passed.", Flag),
        ["reason"] = ("The reason: of suspension or rejection where records are listed, in words where something is corrected.", Text),
        ["source"] = ("The switch that wrote the record; with a profile, in place of the one that it names.", Text),
        ["profile"] = ("The profile that makes cdr v1 of what a switch wrote, one that comes with the service; without it the body is cdr v1.", () => Words([.. Formats.BuiltInProfiles.Names])),
        ["recordId"] = ("The record's id at its source. A slash is written %2F.", Text),
        ["file"] = ("The name that the file goes by; where a delivery is named, its SHA-256, as much of its beginning as is unique, or its number.", Text),
        ["id"] = ("The id.", Text),
        ["line"] = ("The number of a line, from 1.", () => Whole(1, int.MaxValue, null)),
        ["skip"] = ("How many calls to skip.", () => Whole(0, int.MaxValue, 0)),
        ["take"] = ("How many calls to list.", () => Whole(1, Explaining.Part.Most, Explaining.Part.First.Take)),
        ["asOf"] = ("What was known at an instant (2026-11-01T00:00:00+09:00), at the beginning of a Tokyo date, or now.", Text),
        ["at"] = ("The version of the stream, as an ETag names it; the latest when absent.", () => Whole(1, long.MaxValue, null)),
        ["version"] = ("The name of a tariff version.", Text),
        ["acceptWarnings"] = ("true: publish past warnings.", Flag),
        ["by"] = ("Who did it; of a correction the caller when signed in.", Text),
        ["evidence"] = ("Where the evidence lies: a ticket, a letter, a file's SHA-256.", Text),
        ["invoiceAs"] = ("The document that carries what issued invoices have to change by.", () => Words("credit-note", "adjustment")),
        ["write"] = ("true: do it; otherwise the effect is answered and nothing changes.", Flag),
        ["map"] = ("Which column holds what: as JSON, or as member=column,…", Text),
        ["startTolerance"] = ("Seconds by which starts may differ.", Text),
        ["durationTolerance"] = ("Seconds by which durations may differ.", Text),
        ["amountTolerance"] = ("Yen by which charges may differ.", Amount),
        ["type"] = ("Only events of this type.", () => Words([.. Notices.NoticeTypes.All])),
        ["name"] = ("The name of an account.", Text),
        ["key"] = ("The id of a key.", Text),
        ["after"] = ("Where to go on: the next of the answer before.", Text),
        ["who"] = ("Only entries about this account or key.", Text),
        ["kind"] = ("Only entries of this kind.", () => Words([.. Access.AccessKinds.All])),
        ["If-Match"] = ("The ETag of the state that the change was made for; another answers 412, none 428.", Text),
        ["If-None-Match"] = ("* creates what is not there yet; of a read, the ETag that is known already, answered with 304.", Text),
        ["Idempotency-Key"] = ("A key of the client's choice, up to 255 characters: the same request under it is done once.", Text),
        ["Last-Event-ID"] = ("The id of the event received last: the stream goes on behind it.", Text),
        ["Prefer"] = ("respond-async: answer 202 before the work is done.", Text),
        ["Content-Encoding"] = ("gzip when the body is compressed.", () => Words("gzip")),
    };

    /// <summary>Sets description and form of a parameter; one whose name is not known stays without a description, which the linter objects to.</summary>
    public static void Describe(OpenApiParameter parameter)
    {
        if (parameter.Name is not null && Known.TryGetValue(parameter.Name, out var known))
        {
            parameter.Description = known.Description;
            parameter.Schema = known.Schema();
        }
    }

    private static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    private static OpenApiSchema Flag() => new() { Type = JsonSchemaType.Boolean };

    private static OpenApiSchema Formatted(string format) => new() { Type = JsonSchemaType.String, Format = format };

    private static OpenApiSchema Month() => new() { Type = JsonSchemaType.String, Pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$", Examples = ["2026-10"] };

    private static OpenApiSchema Amount() => new() { Type = JsonSchemaType.String, Pattern = @"^-?[0-9]+(\.[0-9]+)?$", Examples = ["1000"] };

    private static OpenApiSchema Words(params string[] words) => new() { Type = JsonSchemaType.String, Enum = [.. words.Select(word => (JsonNode)word)] };

    private static OpenApiSchema Whole(long least, long most, long? usual) => new()
    {
        Type = JsonSchemaType.Integer,
        Minimum = $"{least}",
        Maximum = most is int.MaxValue or long.MaxValue ? null : $"{most}",
        Default = usual is { } value ? JsonValue.Create(value) : null,
    };
}
