using Billing.Contracts;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Corrections;

/// <summary>A call or suspended record that stands: it was taken in and not voided.</summary>
/// <param name="Name">As it was asked for.</param>
/// <param name="Id">The event that recorded it; of one in suspense, the event that suspended it.</param>
internal sealed record FoundCall(string Name, Guid Id, string Stream, long Version, bool IsSuspended);

/// <summary>
/// Finds calls by what people call them: <c>SOURCE/ID</c>, which is the record of that identity that stands, or the id of an event,
/// as the list of suspended records shows it.
/// </summary>
internal sealed class FindCalls(NpgsqlConnection connection, CancellationToken cancel)
{
    private const string Find = $"select id, type, stream_id, version from {BillingStore.Schema}.mt_events where id = any($1)";
    private const int Named = 3;

    /// <summary>The calls in the order asked for, or why not all of them stand.</summary>
    public async Task<(IReadOnlyList<FoundCall>? Calls, Refusal? Refusal)> RunAsync(IReadOnlyList<string> names)
    {
        var found = new FoundCall?[names.Count];
        var asked = new List<Asked>(names.Count);
        foreach (var (name, i) in names.Select((name, i) => (name, i)))
        {
            if (Read(name, i) is not { } one)
            {
                return (null, new Refusal(Rule, $"'{name}' names no call: SOURCE/ID or the id of an event is expected"));
            }

            asked.Add(one);
        }

        if (names.Distinct(StringComparer.Ordinal).Count() < names.Count)
        {
            return (null, new Refusal(Rule, "a call is named more than once"));
        }

        var (unknown, voided) = (new List<string>(), new List<string>());
        while (asked.Count > 0)
        {
            asked = await StepAsync(asked, found, unknown, voided);
        }

        var refusal = Refuse(unknown, "was never taken in") ?? Refuse(voided, "was voided before") ?? Twice(found);
        return refusal is null ? (found!, null) : (null, refusal);
    }

    /// <summary>What refuses that a call is corrected.</summary>
    public const string Rule = "correction";

    /// <summary>One round: where a record was voided, the record in its place is asked for next.</summary>
    private async Task<List<Asked>> StepAsync(List<Asked> asked, FoundCall?[] found, List<string> unknown, List<string> voided)
    {
        var events = await EventsAsync(asked.SelectMany(one => Related(one.Id)).Distinct().ToArray());
        var next = new List<Asked>();
        foreach (var one in asked)
        {
            if (!events.TryGetValue(one.Id, out var held) || held.Type is not (EventTypes.CallRecorded or EventTypes.CallSuspended))
            {
                (one.Replaced ? voided : unknown).Add(one.Name);
                continue;
            }

            var id = held.Type == EventTypes.CallSuspended && events.ContainsKey(CallEventId.OfReleased(one.Id)) ? CallEventId.OfReleased(one.Id) : one.Id;
            if (!events.ContainsKey(CallEventId.OfVoid(id)))
            {
                var (type, stream, version) = events[id];
                found[one.Index] = new FoundCall(one.Name, id, stream, version, type == EventTypes.CallSuspended);
            }
            else if (one.IsEvent)
            {
                voided.Add(one.Name);
            }
            else
            {
                next.Add(one with { Id = CallEventId.OfReplacement(one.Id), Replaced = true });
            }
        }

        return next;
    }

    private static Guid[] Related(Guid id)
    {
        var released = CallEventId.OfReleased(id);
        return [id, CallEventId.OfVoid(id), released, CallEventId.OfVoid(released)];
    }

    private async Task<Dictionary<Guid, (string Type, string Stream, long Version)>> EventsAsync(Guid[] ids)
    {
        var events = new Dictionary<Guid, (string, string, long)>();
        await using var command = new NpgsqlCommand(Find, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = ids });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            events.Add(reader.GetGuid(0), (reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
        }

        return events;
    }

    private static Asked? Read(string name, int index)
    {
        // a source holds no slash, a record id may
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < name.Length - 1 ? new Asked(name, index, CallEventId.Of(name[..slash], name[(slash + 1)..]), false, false)
            : Guid.TryParse(name, out var id) ? new Asked(name, index, id, true, false)
            : null;
    }

    private static Refusal? Refuse(List<string> names, string why) => names.Count == 0
        ? null
        : new Refusal(Rule, $"{string.Join(", ", names.Take(Named))}{(names.Count > Named ? $" and {names.Count - Named:N0} more" : "")} {why}");

    private static Refusal? Twice(FoundCall?[] found) =>
        found.DistinctBy(call => call!.Id).Count() < found.Length ? new Refusal(Rule, "a call is named more than once") : null;

    private sealed record Asked(string Name, int Index, Guid Id, bool IsEvent, bool Replaced);
}
