using System.CommandLine;
using System.CommandLine.Parsing;

namespace Billing.Service.CommandLine;

/// <summary>What a command is to act on: ids, or <c>--all</c>; one of the two must be given.</summary>
internal sealed class IdsOrAll<T>
{
    private readonly Argument<T[]> _ids = new("id") { Arity = ArgumentArity.ZeroOrMore, Description = "Ids as list shows them" };
    private readonly Option<bool> _all;

    private IdsOrAll(string all) => _all = new Option<bool>("--all") { Description = all };

    /// <param name="all">What --all means, as help shows it.</param>
    /// <param name="parser">Reads the ids that are more than texts.</param>
    public static IdsOrAll<T> Of(Command command, string all, Func<ArgumentResult, T[]>? parser = null)
    {
        var asked = new IdsOrAll<T>(all);
        asked._ids.CustomParser = parser;
        command.Add(asked._ids);
        command.Add(asked._all);
        command.Validators.Add(result =>
        {
            if (result.GetValue(asked._all) == result.GetResult(asked._ids)?.Tokens.Count > 0)
            {
                result.AddError("give ids or --all");
            }
        });
        return asked;
    }

    /// <summary>The ids that were given; null for all.</summary>
    public T[]? In(ParseResult parsed) => parsed.GetValue(_all) ? null : parsed.GetValue(_ids);
}
