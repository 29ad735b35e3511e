using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using NodaTime;
using NodaTime.Serialization.SystemTextJson;

namespace Billing.Contracts.Json;

/// <summary>The one way in which documents and events become JSON: camelCase, NodaTime types in ISO form, money as strings.</summary>
public static class BillingJson
{
    /// <summary>Strict options: unknown, repeated and missing members are refused; null stands for an absent optional member.</summary>
    public static JsonSerializerOptions Options { get; } = Create(DocumentsJsonContext.Default, indented: false);

    /// <summary>The same, indented, for documents that people read.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(DocumentsJsonContext.Default, indented: true);

    /// <summary>Adds the conventions to options that other code owns (the event store's serializer, HTTP).</summary>
    public static void Apply(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new YenConverter());
        options.Converters.Add(new ExactYenConverter());
        options.Converters.Add(new UsageMonthConverter());
        options.Converters.Add(new SecondsConverter());
        options.Converters.Add(new TaxRateConverter());
        options.Converters.Add(new WordConverter<ServiceKind>());
        options.Converters.Add(new WordConverter<Proration>());
        options.Converters.Add(new WordConverter<RoundingMethod>());
        options.Converters.Add(new WordConverter<CarrierRelation>());
        options.ConfigureForNodaTime(DateTimeZoneProviders.Tzdb);
    }

    private static JsonSerializerOptions Create(IJsonTypeInfoResolver resolver, bool indented)
    {
        var options = new JsonSerializerOptions
        {
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            WriteIndented = indented,
            IndentSize = 2,
            NewLine = "\n",
            TypeInfoResolver = resolver,
        };
        Apply(options);
        options.MakeReadOnly();
        return options;
    }
}

[JsonSerializable(typeof(ContractsDocument))]
[JsonSerializable(typeof(TariffsDocument))]
[JsonSerializable(typeof(ReferenceDocument))]
[JsonSerializable(typeof(InvoicesDocument))]
[JsonSerializable(typeof(CreditNoteDocument))]
[JsonSerializable(typeof(AttachedReplay))]
[JsonSerializable(typeof(AttachedComparison))]
[JsonSerializable(typeof(ReceiptDocument))]
[JsonSerializable(typeof(ColumnMapDocument))]
[JsonSerializable(typeof(CorrectionsDocument))]
[JsonSerializable(typeof(ReplayDocument))]
[JsonSerializable(typeof(ProfileDocument))]
internal sealed partial class DocumentsJsonContext : JsonSerializerContext;
