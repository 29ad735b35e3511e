using System.Text.RegularExpressions;
using Billing.Service.CommandLine;

namespace Billing.Service.Tests.Hosting;

/// <summary>What the README tells to type exists, and what needs no database runs.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(MonthFiles.Root, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public void Every_command_line_of_the_readme_is_one_that_the_command_takes()
    {
        foreach (var words in BillingLines())
        {
            var line = string.Join(' ', words);
            if (words is [var verb, ..] && FrameworkCommands.Has(verb))
            {
                continue;
            }

            System.CommandLine.Command command = CommandLines.Root;
            var inherited = new List<System.CommandLine.Option>(command.Options);
            foreach (var word in words)
            {
                if (command.Subcommands.FirstOrDefault(x => x.Name == word) is { } sub)
                {
                    command = sub;
                    inherited.AddRange(sub.Options);
                }
                else if (word.StartsWith('-') && word != "-")
                {
                    inherited.ShouldContain(option => option.Name == word.Split('=', 2)[0] || option.Aliases.Contains(word), $"billing {line}: there is no option {word}");
                }
            }

            // an id left out with … or NAME is no real one
            if (!words.Any(word => word.Contains('…', StringComparison.Ordinal) || Placeholder().IsMatch(word)))
            {
                CommandLines.Root.Parse(words).Errors.Select(error => error.Message).ShouldBeEmpty($"billing {line}");
            }
        }
    }

    [Fact]
    public async Task Command_lines_of_the_readme_that_need_no_database_run()
    {
        var folder = Directory.CreateTempSubdirectory("billing-test-");
        try
        {
            // an example with files of the reader's own is only parsed
            foreach (var words in BillingLines().Where(words => words[^1] == "--help" || words is ["rate", ..] && InputsExist(words)))
            {
                var ended = await Command.ProcessAsync(new Dictionary<string, string>(), [.. InCheckout(words, folder.FullName)]);
                ended.Code.ShouldBe(0, $"billing {string.Join(' ', words)}: {ended.All}");
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_make_target_of_the_readme_exists()
    {
        var makefile = File.ReadAllText(Path.Combine(MonthFiles.Root, "Makefile"));
        var targets = ConsoleLines().Select(line => MakeTarget().Match(line)).Where(match => match.Success).Select(match => match.Groups[1].Value).ToList();
        targets.ShouldContain("run");
        targets.ShouldContain("test");
        foreach (var target in targets)
        {
            makefile.ShouldMatch($"(?m)^{target}:");
        }
    }

    [Fact]
    public void Every_file_that_the_readme_links_to_exists()
    {
        foreach (Match link in Link().Matches(Readme))
        {
            Path.Exists(Path.Combine(MonthFiles.Root, link.Groups[1].Value)).ShouldBeTrue(link.Value);
        }
    }

    /// <summary>The words after <c>billing</c> of each line that is typed, up to what the shell takes for itself.</summary>
    private static IEnumerable<string[]> BillingLines() =>
        from line in ConsoleLines()
        let match = BillingLine().Match(line)
        where match.Success
        let words = Word().Matches(match.Groups[1].Value).Select(word => word.Value.Trim('\'', '"')).TakeWhile(word => word is not ("|" or ">" or ">>" or "<" or "&&" or ";" or "&" or "2>") && !word.StartsWith('#')).ToArray()
        where words.Length > 0
        select words;

    /// <summary>What is typed in the console blocks, a line that goes on with its continuation.</summary>
    private static IEnumerable<string> ConsoleLines() =>
        from Match block in ConsoleBlock().Matches(Readme)
        from line in block.Groups[1].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
        where line.StartsWith("$ ", StringComparison.Ordinal)
        select line[2..];

    private static bool InputsExist(string[] words) =>
        words.Zip(words.Skip(1)).Where(pair => pair.First is "--contracts" or "--tariff" or "--cdr" or "--reference").All(pair => File.Exists(Path.Combine(MonthFiles.Root, pair.Second)));

    /// <summary>Files of the checkout by their full path, and what is written goes elsewhere.</summary>
    private static IEnumerable<string> InCheckout(string[] words, string folder) => words.Select((word, i) =>
        i > 0 && words[i - 1] == "--out" ? Path.Combine(folder, Path.GetFileName(word))
        : Path.Combine(MonthFiles.Root, word) is var path && File.Exists(path) ? path
        : word);

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ConsoleBlock();

    [GeneratedRegex(@"^(?:\S+=\S+ )*(?:\S*/)?billing(?: (.*))?$")]
    private static partial Regex BillingLine();

    [GeneratedRegex("""'[^']*'|"[^"]*"|\S+""")]
    private static partial Regex Word();

    [GeneratedRegex("^make ([a-z-]+)")]
    private static partial Regex MakeTarget();

    [GeneratedRegex("^[A-Z][A-Z-]+$")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\]\(([^)#:]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
