using System.CommandLine;
using System.Text.Json;
using Billing.Service.Hosting;
using Billing.Service.Ingestion;
using Billing.Service.Ingestion.Broker;
using Billing.Service.Ingestion.Kafka;

namespace Billing.Service.CommandLine;

/// <summary><c>billing broker</c> and <c>billing kafka</c>: call records as messages. They work with the broker alone, without the database.</summary>
/// <param name="open">Where the messages are, as the settings say.</param>
internal sealed class BrokerCommand(Func<BillingSettings, CancellationToken, Task<ICdrMessages>> open)
{
    private const int RowsOfAMessage = 10_000;

    public static Command CreateRabbit() => new BrokerCommand(async (settings, cancel) => await BrokerQueues.OpenAsync(BrokerSettings.Needed(settings), cancel))
        .Create("broker", "Call records as messages of a RabbitMQ (BILLING_BROKER), which a running server takes in.");

    public static Command CreateKafka() => new BrokerCommand((settings, _) => Task.FromResult<ICdrMessages>(KafkaTopics.Open(KafkaSettings.Needed(settings))))
        .Create("kafka", "Call records as records of a Kafka (BILLING_KAFKA), which a running server takes in.");

    private Command Create(string name, string description) => new(name, description)
    {
        CreateSend(),
        new Command("dead", "Messages that could not be read: nothing of theirs was taken in, and they wait to be replayed.") { CreateList(), CreateReplay() },
    };

    private Command CreateSend()
    {
        var files = new Argument<string[]>("files") { Arity = ArgumentArity.OneOrMore, Description = "Files of cdr v1 (CSV or JSON lines) or, with --profile, of a switch; plain or gzip" };
        var rows = new Option<int>("--rows") { HelpName = "number", DefaultValueFactory = _ => RowsOfAMessage, CustomParser = CommonOptions.ParseWhole("--rows", 1), Description = "Rows that a message has at most; the file of a switch is one message" };
        var profile = new Option<string?>("--profile") { HelpName = "name", Description = "What makes cdr v1 of the file: a profile of 'billing profiles list'" };
        var command = new Command("send", "Sends files, in messages of some rows each; done when the broker has confirmed them. Sending a file again changes nothing.")
        {
            files, profile, ProfileOptions.Source, rows, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => With(parsed, async messages =>
        {
            var (named, source) = (parsed.GetValue(profile), parsed.GetValue(ProfileOptions.Source));
            if (named is not null && NamedProfile.ReadShipped(named, source).Fault is { } fault)
            {
                Run.Error($"--{fault.Path}: {fault.Reason}");
                return Exit.Refused;
            }

            var send = new SendFile(messages);
            foreach (var file in parsed.GetRequiredValue(files))
            {
                try
                {
                    var sent = named is null ? await send.RunAsync(file, parsed.GetValue(rows), cancellation) : await send.RunWholeAsync(file, named, source, cancellation);
                    Console.Out.WriteLine(parsed.GetValue(CommonOptions.Json)
                        ? JsonSerializer.Serialize(sent, Output.JsonLine)
                        : $"{sent.File}: {(sent.Rows is { } count ? $"{Counted.Of(count, "row")} in " : "")}{Counted.Of(sent.Messages, "message")}, confirmed");
                }
                catch (InvalidDataException damage)
                {
                    Run.Error($"{file}: {damage.Message}");
                    return Exit.Refused;
                }
            }

            return Exit.Done;
        }, cancellation));
        return command;
    }

    private Command CreateList()
    {
        var command = new Command("list", "Lists them, newest first.") { CommonOptions.Json };
        command.SetAction((parsed, cancellation) => With(parsed, async messages =>
        {
            var dead = await messages.ListDeadAsync(cancellation);
            if (parsed.GetValue(CommonOptions.Json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(dead, Output.Json));
                return Exit.Done;
            }

            foreach (var message in dead)
            {
                Console.Out.WriteLine($"{message.Id}  {message.PutAsideAt:uuuu-MM-dd'T'HH:mm:ss'Z'}  {message.Bytes,12:N0} bytes  {message.File}{(message.Profile is null ? "" : $" ({message.Profile})")}  {message.Reason}");
            }

            Console.Out.WriteLine(dead.Count == 0 ? "There are no dead messages." : Counted.Of(dead.Count, "dead message"));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private Command CreateReplay()
    {
        var command = new Command("replay", "Sends messages back, once what stopped them is mended; a running server takes them in.");
        var asked = IdsOrAll<string>.Of(command, "Replay every dead message");
        command.SetAction((parsed, cancellation) => With(parsed, async messages =>
        {
            var ids = asked.In(parsed);
            var replayed = await messages.ReplayDeadAsync(ids, cancellation);
            var unknown = (ids ?? []).Except(replayed).ToList();
            foreach (var id in unknown)
            {
                Run.Error($"there is no dead message {id}");
            }

            Console.Out.WriteLine($"{Counted.Of(replayed.Count, "message")} will be taken in again by a running server.");
            return unknown.Count == 0 ? Exit.Done : Exit.Failed;
        }, cancellation));
        return command;
    }

    private Task<int> With(ParseResult parsed, Func<ICdrMessages, Task<int>> action, CancellationToken cancellation) => Run.Guarded(async () =>
    {
        await using var messages = await open(CommonOptions.Settings(parsed), cancellation);
        return await action(messages);
    }, cancellation);
}
