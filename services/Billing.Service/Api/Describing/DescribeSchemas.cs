using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using NodaTime;

namespace Billing.Service.Api.Describing;

/// <summary>The forms of values that are written by converters of ours: money, months, dates, closed lists of words.</summary>
internal static class DescribeSchemas
{
    private const string Money = @"^-?[0-9]+(\.[0-9]+)?$";

    private static readonly Dictionary<Type, Action<OpenApiSchema>> Forms = new()
    {
        [typeof(Yen)] = schema => Text(schema, "Decimal yen.", Money, "10.4"),
        [typeof(ExactYen)] = schema => Text(schema, "Exact yen: a decimal, or a fraction.", @"^-?[0-9]+(\.[0-9]+|/[0-9]+)?$", "10/3"),
        [typeof(UsageMonth)] = schema => Text(schema, "A month in Tokyo.", "^[0-9]{4}-(0[1-9]|1[0-2])$", "2026-10"),
        [typeof(Seconds)] = schema => Text(schema, "Decimal seconds.", @"^[0-9]+(\.[0-9]{1,3})?$", "61.5"),
        [typeof(TaxRate)] = schema => Text(schema, "A tax rate.", @"^[0-9]+(\.[0-9]+)?$", "0.10"),
        [typeof(LocalDate)] = schema => Formatted(schema, "date"),
        [typeof(LocalTime)] = schema => Formatted(schema, "time"),
        [typeof(Instant)] = schema => Formatted(schema, "date-time"),
        [typeof(ServiceKind)] = Words<ServiceKind>,
        [typeof(Proration)] = Words<Proration>,
        [typeof(RoundingMethod)] = Words<RoundingMethod>,
        [typeof(CarrierRelation)] = Words<CarrierRelation>,
    };

    public static Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellation)
    {
        var type = context.JsonTypeInfo.Type;
        if (Forms.TryGetValue(Nullable.GetUnderlyingType(type) ?? type, out var form))
        {
            form(schema);
        }
        else if (schema.Required is { Count: > 0 })
        {
            // a member that is null is left out
            schema.Required.ExceptWith(context.JsonTypeInfo.Properties.Where(property => property.IsGetNullable).Select(property => property.Name));
        }
        else if (type == typeof(Stream))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = null;
        }

        return Task.CompletedTask;
    }

    /// <summary>The values of these types stand where they are used; a name of their own would tell nothing more.</summary>
    public static bool IsPlain(JsonTypeInfo type) => Forms.ContainsKey(Nullable.GetUnderlyingType(type.Type) ?? type.Type);

    private static void Text(OpenApiSchema schema, string description, string pattern, string example)
    {
        schema.Type = JsonSchemaType.String;
        schema.Description ??= description;
        schema.Pattern = pattern;
        schema.Examples = [example];
    }

    private static void Formatted(OpenApiSchema schema, string format)
    {
        schema.Type = JsonSchemaType.String;
        schema.Format = format;
    }

    private static void Words<T>(OpenApiSchema schema)
        where T : struct, Enum
    {
        schema.Type = JsonSchemaType.String;
        schema.Enum = [.. Enum.GetValues<T>().Select(value => JsonValue.Create(System.Text.Json.JsonSerializer.SerializeToElement(value, BillingStore.Json).GetString())!)];
    }
}
