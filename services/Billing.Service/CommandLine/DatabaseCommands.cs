using System.CommandLine;
using Billing.Service.Hosting;
using Npgsql;

namespace Billing.Service.CommandLine;

/// <summary><c>billing db-apply</c> and <c>billing db-assert</c>: the schema is brought up to date, or compared.</summary>
internal static class DatabaseCommands
{
    public static Command CreateApply()
    {
        var command = new Command("db-apply", "Brings the database's schema up to date; may be repeated and run by several processes at once.");
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            using var host = BillingHost.Build(await CommonOptions.SettingsOfShardAsync(parsed, cancellation), HostMode.OneShot);
            var differences = await Schema.ApplyAsync(host, cancellation);
            foreach (var difference in differences)
            {
                Console.WriteLine(difference.IsMissing ? $"made {difference.Name}" : $"changed {difference.Name}");
            }

            Console.WriteLine(differences.Count == 0 ? "The schema is up to date." : "The schema is up to date now.");
            return Exit.Done;
        }, cancellation));
        return command;
    }

    public static Command CreateAssert()
    {
        var command = new Command("db-assert", "Compares the database's schema with what this program needs and says what is missing; ends with 1 if anything is.");
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            using var host = BillingHost.Build(await CommonOptions.SettingsOfShardAsync(parsed, cancellation), HostMode.OneShot);
            var differences = await Schema.DifferencesAsync(host, cancellation);
            foreach (var difference in differences)
            {
                Run.Error(difference.ToString());
            }

            if (differences.Count == 0)
            {
                Console.WriteLine("The schema is up to date.");
                return Exit.Done;
            }

            Run.Error("the schema is not up to date: run billing db-apply");
            return Exit.Failed;
        }, cancellation));
        return command;
    }
}
