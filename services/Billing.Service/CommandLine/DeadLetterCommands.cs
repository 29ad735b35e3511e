using System.CommandLine;
using System.Text;
using NodaTime;
using Wolverine.Persistence.Durability;
using Wolverine.Persistence.Durability.DeadLetterManagement;
using Wolverine.Runtime;

namespace Billing.Service.CommandLine;

/// <summary><c>billing dead-letters</c>: messages whose handling failed for good.</summary>
internal static class DeadLetterCommands
{
    public static Command Create() => new("dead-letters", "Messages whose handling failed for good: nothing of theirs was done, and they wait to be replayed.")
    {
        CreateList(),
        CreateShow(),
        CreateReplay(),
    };

    private static Command CreateList()
    {
        var type = new Option<string?>("--type") { HelpName = "message type", Description = "Only messages of this type" };
        var command = new Command("list", "Lists them, newest first.") { type, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => With(parsed, async (letters, run) =>
        {
            var found = await FindAsync(letters, parsed.GetValue(type), cancellation);
            var rows = found.OrderByDescending(x => x.SentAt).Select(Row.Of).ToList();
            run.Write(rows, text =>
            {
                foreach (var row in rows)
                {
                    text.WriteLine($"{row.Id}  {row.SentAt:uuuu-MM-dd'T'HH:mm:ss'Z'}  {row.Type}  {(row.IsReplaying ? "replay asked for" : FirstLine(row.Reason))}");
                }

                text.WriteLine(rows.Count == 0 ? "There are no dead letters." : Counted.Of(rows.Count, "dead letter"));
            });
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateShow()
    {
        var id = Id();
        var command = new Command("show", "Shows one: why it failed and what it said.") { id, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => With(parsed, async (letters, run) =>
        {
            if (await letters.DeadLetterEnvelopeByIdAsync(parsed.GetValue(id)) is not { } letter)
            {
                Run.Error($"there is no dead letter {parsed.GetValue(id)}");
                return Exit.Failed;
            }

            var row = Row.Of(letter);
            run.Write(row with { Message = Text(letter) }, text => text.WriteLine(
                $"""
                id        {row.Id}
                type      {row.Type}
                sent      {row.SentAt:uuuu-MM-dd'T'HH:mm:ss'Z'}
                attempts  {row.Attempts}
                reason    {row.Exception}: {row.Reason}
                message   {Text(letter)}
                """));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command CreateReplay()
    {
        var command = new Command("replay", "Hands messages to their handlers again, once what stopped them is mended; a running server does it within seconds.");
        var asked = IdsOrAll<Guid>.Of(command, "Replay every dead letter", CommonOptions.ParseIds);
        command.SetAction((parsed, cancellation) => With(parsed, async (letters, _) =>
        {
            var known = (await FindAsync(letters, null, cancellation)).Select(x => x.Id).ToHashSet();
            Guid[] ids = asked.In(parsed) ?? [.. known];
            foreach (var unknown in ids.Where(x => !known.Contains(x)))
            {
                Run.Error($"there is no dead letter {unknown}");
            }

            if (!ids.All(known.Contains))
            {
                return Exit.Failed;
            }

            if (ids.Length > 0)
            {
                await letters.ReplayAsync(new DeadLetterEnvelopeQuery(ids), cancellation);
            }

            Console.WriteLine($"{Counted.Of(ids.Length, "message")} will be handled again by a running server.");
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Argument<Guid> Id() => new("id") { Description = "Id as list shows it", CustomParser = CommonOptions.ParseId };

    /// <summary>The host is not started: looking at letters makes no node of this process.</summary>
    private static Task<int> With(ParseResult parsed, Func<IDeadLetters, HostRun, Task<int>> action, CancellationToken cancellation) =>
        Run.WithHost(parsed, run => action(run.Services.GetRequiredService<IWolverineRuntime>().Storage.DeadLetters, run), cancellation, start: false);

    private static async Task<List<DeadLetterEnvelope>> FindAsync(IDeadLetters letters, string? type, CancellationToken cancellation)
    {
        var found = new List<DeadLetterEnvelope>();
        for (var page = 1; ; page++)
        {
            var result = await letters.QueryAsync(new DeadLetterEnvelopeQuery { PageNumber = page, PageSize = 1000, MessageType = type }, cancellation);
            found.AddRange(result.Envelopes);
            if (result.Envelopes.Count == 0 || found.Count >= result.TotalCount)
            {
                return found;
            }
        }
    }

    private static string Text(DeadLetterEnvelope letter) => letter.Envelope.Data is { Length: > 0 } data ? Encoding.UTF8.GetString(data) : "";

    private static string FirstLine(string text) => text.Split('\n', 2)[0].TrimEnd();

    private sealed record Row(Guid Id, string Type, Instant SentAt, int Attempts, string Exception, string Reason, bool IsReplaying, string? Message = null)
    {
        public static Row Of(DeadLetterEnvelope letter) => new(
            letter.Id, letter.MessageType, Instant.FromDateTimeOffset(letter.SentAt), letter.Envelope.Attempts, letter.ExceptionType, letter.ExceptionMessage, letter.Replayable);
    }
}
