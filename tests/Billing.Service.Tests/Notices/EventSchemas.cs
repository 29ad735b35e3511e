using System.Text.Json;
using Json.Schema;

namespace Billing.Service.Tests.Notices;

/// <summary>The published form of events: <c>contracts/events</c>.</summary>
internal static class EventSchemas
{
    private static readonly Lazy<JsonSchema> Event = new(Load);

    /// <summary>Where an event is not what its schema says; empty when it is.</summary>
    public static IReadOnlyList<string> Faults(JsonElement happened)
    {
        var result = Event.Value.Evaluate(happened, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        return result.IsValid ? [] : [.. result.Details!.SelectMany(detail => (detail.Errors ?? []).Select(error => $"{detail.InstanceLocation}: {error.Value}")).DefaultIfEmpty("it is not valid")];
    }

    private static JsonSchema Load()
    {
        var folder = Path.Combine(MonthFiles.Root, "contracts/events");
        foreach (var file in Directory.GetFiles(folder, "*.v1.schema.json"))
        {
            // known by its $id from now on
            JsonSchema.FromFile(file);
        }

        return JsonSchema.FromFile(Path.Combine(folder, "event.schema.json"));
    }
}
