using System.CommandLine;
using Billing.Service.Notices;
using Marten;
using NodaTime;
using Wolverine.Marten;

namespace Billing.Service.CommandLine;

/// <summary><c>billing notices list|replay</c>: events on their way to webhooks and to the broker.</summary>
internal static class NoticesCommand
{
    private const int Most = 1000;

    public static Command Create() => new("notices", "Events that were to be told to webhooks or the broker and were given up: they wait to be replayed.") { CreateList(), CreateReplay() };

    private static Command CreateList()
    {
        var state = new Option<string>("--state") { HelpName = "state", DefaultValueFactory = _ => WebhookDelivery.Failed, Description = "failed, given up; pending, on their way; or delivered" };
        state.AcceptOnlyFromAmong(WebhookDelivery.Failed, WebhookDelivery.Pending, WebhookDelivery.Delivered);
        var command = new Command("list", $"Lists them, newest first, {Most} at most.") { state, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            await using var session = run.Store.QuerySession();
            var urls = (await session.Query<WebhookSubscription>().ToListAsync(run.Cancellation)).ToDictionary(subscription => subscription.Id, Place);
            var deliveries = await WebhookDeliveries.InStateAsync(run.Database, parsed.GetRequiredValue(state), Most, run.Cancellation);
            var rows = deliveries.Select(delivery => Row.Of(delivery, delivery.Subscription == EventExchange.Target ? "broker" : urls.GetValueOrDefault(delivery.Subscription, "(deleted)"))).ToList();
            run.Write(rows, text =>
            {
                foreach (var row in rows)
                {
                    text.WriteLine($"{row.Id}  {row.CreatedAt:uuuu-MM-dd'T'HH:mm:ss'Z'}  {row.Type,-18} {row.Event,-12} {row.Target}  {Counted.Of(row.Attempts, "attempt")}{(row.Outcome is null ? "" : $": {row.Outcome}")}");
                }

                text.WriteLine(rows.Count > 0 ? Counted.Of(rows.Count, "notice") : parsed.GetRequiredValue(state) switch
                {
                    WebhookDelivery.Failed => "No notice was given up.",
                    WebhookDelivery.Pending => "No notice is on its way.",
                    _ => "No notice was delivered.",
                });
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateReplay()
    {
        var command = new Command("replay", "Sends notices again that were given up, once what stopped them is mended; receivers know them by the same id.");
        var asked = IdsOrAll<Guid>.Of(command, "Replay every notice that was given up", CommonOptions.ParseIds);
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var ids = asked.In(parsed);
            var begun = await new SendAgain(run.Store, run.Services.GetRequiredService<IMartenOutbox>()).RunAsync(ids, run.Cancellation);
            var others = (ids ?? []).Except(begun).ToList();
            foreach (var id in others)
            {
                Run.Error($"there is no notice {id} that was given up");
            }

            Console.WriteLine($"{Counted.Of(begun.Count, "notice")} will be sent again.");
            return others.Count == 0 ? Exit.Done : Exit.Failed;
        }, cancellation));
        return command;
    }

    /// <summary>An address without its query, in which a key of the receiver's may stand.</summary>
    private static string Place(WebhookSubscription subscription) => new Uri(subscription.Url).GetLeftPart(UriPartial.Path);

    private sealed record Row(Guid Id, Instant CreatedAt, string Type, string Event, string Target, string State, int Attempts, string? Outcome)
    {
        public static Row Of(WebhookDelivery delivery, string target) => new(
            delivery.Id, delivery.CreatedAt, delivery.Type, delivery.Event, target, delivery.State, delivery.Attempts, delivery.Error ?? (delivery.Status is { } status ? $"status {status}" : null));
    }
}
