using System.CommandLine;
using System.Text.Json;

namespace Billing.Service.CommandLine;

/// <summary><c>billing config</c>: every setting, its value and where it came from.</summary>
internal static class ConfigCommand
{
    public static Command Create()
    {
        var command = new Command("config", "Shows the settings: value, where it comes from, and the variables that set it. Passwords are not shown.")
        {
            CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Run.Guarded(() =>
        {
            var settings = CommonOptions.Settings(parsed).All;
            var rows = settings.Select(x => new Row(x.Definition.Name, x.Shown, x.Source, x.Definition.Variables, x.Definition.Description)).ToList();
            if (parsed.GetValue(CommonOptions.Json))
            {
                Console.WriteLine(JsonSerializer.Serialize(rows, Output.Json));
            }
            else
            {
                foreach (var row in rows)
                {
                    Console.WriteLine($"{row.Name,-26}{row.Value ?? "-"}  [{row.Source}]");
                    Console.WriteLine($"{"",-26}{row.Description} ({string.Join(", ", row.Variables)})");
                }
            }

            return Task.FromResult(Exit.Done);
        }, cancellation));
        return command;
    }

    private sealed record Row(string Name, string? Value, string Source, IReadOnlyList<string> Variables, string Description);
}
