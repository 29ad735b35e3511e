using System.CommandLine;
using Billing.Service.Hosting;
using Billing.Service.Sharding;

namespace Billing.Service.CommandLine;

/// <summary><c>billing db-apply</c> and <c>billing db-assert</c>: the schema is brought up to date, or compared.</summary>
internal static class DatabaseCommands
{
    public static Command CreateApply()
    {
        var command = new Command("db-apply", "Brings the database's schema up to date, and those of its shards; may be repeated and run by several processes at once.");
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            var databases = await Shards.OfEachAsync(await CommonOptions.SettingsOfShardAsync(parsed, cancellation), cancellation);
            foreach (var (name, settings) in databases)
            {
                using var host = BillingHost.Build(settings, HostMode.OneShot);
                var differences = await Schema.ApplyAsync(host, cancellation);
                foreach (var difference in differences)
                {
                    Console.WriteLine(difference.IsMissing ? $"made {difference.Name}" : $"changed {difference.Name}");
                }

                Console.WriteLine($"The schema{Of(name, databases.Count)} is up to date{(differences.Count == 0 ? "" : " now")}.");
            }

            return Exit.Done;
        }, cancellation));
        return command;
    }

    public static Command CreateAssert()
    {
        var command = new Command("db-assert", "Compares the database's schema with what this program needs and says what is missing; ends with 1 if anything is.");
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            var databases = await Shards.OfEachAsync(await CommonOptions.SettingsOfShardAsync(parsed, cancellation), cancellation);
            var code = Exit.Done;
            foreach (var (name, settings) in databases)
            {
                using var host = BillingHost.Build(settings, HostMode.OneShot);
                var differences = await Schema.DifferencesAsync(host, cancellation);
                foreach (var difference in differences)
                {
                    Run.Error(difference.ToString());
                }

                if (differences.Count == 0)
                {
                    Console.WriteLine($"The schema{Of(name, databases.Count)} is up to date.");
                    continue;
                }

                Run.Error($"the schema{Of(name, databases.Count)} is not up to date: run billing db-apply");
                code = Exit.Failed;
            }

            return code;
        }, cancellation));
        return command;
    }

    private static string Of(string name, int databases) => databases == 1 ? "" : $" of {name}";
}
