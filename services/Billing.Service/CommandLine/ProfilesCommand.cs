using System.CommandLine;
using System.Text.Json;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Formats;
using Billing.Service.Ingestion;
using Billing.Service.Offline;

namespace Billing.Service.CommandLine;

/// <summary><c>billing profiles list|show|test</c>: how files of switches are read.</summary>
internal static class ProfilesCommand
{
    private static readonly Argument<string> Name = new("profile") { Description = "A profile of 'billing profiles list', or a file that holds one" };

    public static Command Create() => new("profiles", "How files of switches become call records.") { CreateList(), CreateShow(), CreateTest() };

    private static Command CreateList()
    {
        var command = new Command("list", "The profiles that come with the command.") { CommonOptions.Json };
        command.SetAction(parsed =>
        {
            var profiles = BuiltInProfiles.Names.Select(name => DocumentReader.Read<ProfileDocument>(BuiltInProfiles.Find(name)).Document!).ToList();
            if (parsed.GetValue(CommonOptions.Json))
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(profiles.Select(profile => new { profile.Name, profile.Title }), JsonSerializerOptions.Web));
                return Exit.Done;
            }

            foreach (var profile in profiles)
            {
                Console.Out.WriteLine($"{profile.Name,-22} {profile.Title}");
            }

            return Exit.Done;
        });
        return command;
    }

    private static Command CreateShow()
    {
        var command = new Command("show", "A profile as it is written, to be copied and changed.") { Name };
        command.SetAction(parsed => Run.Guarded(async () =>
        {
            var name = parsed.GetRequiredValue(Name);
            if (!ProfileOptions.TryRead(name, null, out _))
            {
                return Exit.Refused;
            }

            await using var output = Console.OpenStandardOutput();
            await output.WriteAsync(NamedProfile.Find(name));
            return Exit.Done;
        }, CancellationToken.None));
        return command;
    }

    private static Command CreateTest()
    {
        var file = new Argument<string>("file") { Description = "A switch's file, plain or gzip" };
        var profile = new Option<string>("--profile") { Required = true, HelpName = "name|file", Description = ProfileOptions.Profile.Description };
        var reveal = new Option<bool>("--reveal") { Description = "Show numbers in full; the file is yours and nothing is kept" };
        var command = new Command("test", "Shows what a profile makes of a file, row by row; nothing is stored. Exit code 2 when the file or a row is refused.") { file, profile, ProfileOptions.Source, reveal, CommonOptions.Json };
        command.SetAction(parsed => Run.Guarded(
            () => Task.FromResult(
                ProfileOptions.TryRead(parsed.GetRequiredValue(profile), parsed.GetValue(ProfileOptions.Source), out var read)
                    ? Test(parsed.GetRequiredValue(file), read, parsed.GetValue(reveal), parsed.GetValue(CommonOptions.Json))
                    : Exit.Refused),
            CancellationToken.None));
        return command;
    }

    private static int Test(string file, Profile profile, bool reveal, bool asJson)
    {
        try
        {
            var report = new TestProfile(profile, reveal).Run(InputFile.Open(file), file, row =>
            {
                if (asJson)
                {
                    Console.Out.WriteLine(JsonSerializer.Serialize(row, TestProfile.Json));
                }
                else
                {
                    Print(row);
                }
            });
            if (report.Refused is { } fault)
            {
                Run.Error($"{file}: {fault}");
                return Exit.Refused;
            }

            Console.Error.WriteLine(string.Join(", ", report.Counts.Select(count => $"{count.Value:N0} {count.Key}")));
            return report.Counts.ContainsKey("rejected") ? Exit.Refused : Exit.Done;
        }
        catch (InvalidDataException damage)
        {
            Run.Error($"{file}: {damage.Message}");
            return Exit.Refused;
        }
    }

    private static void Print(TestedRow row)
    {
        Console.Out.WriteLine($"line {row.Line}: {row.Outcome}{(row.Reason is null ? "" : $" {row.Reason}")}{(row.Detail is null ? "" : $"  {row.Detail}")}");
        if (row.SourceColumns is { Count: > 0 } columns)
        {
            Console.Out.WriteLine($"  file    {string.Join("  ", columns.Select(column => $"{column.Key}={column.Value}"))}");
        }

        if (row.Cdr is { } cdr)
        {
            Console.Out.WriteLine($"  cdr v1  {string.Join("  ", cdr.Select(column => $"{column.Key}={column.Value}"))}");
        }
    }
}
