using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Billing.Contracts;
using Billing.Service.Invoicing;

namespace Billing.Service.CommandLine;

/// <summary>The options with which a command is told what to give back, and who does it.</summary>
internal sealed class CreditOptions
{
    public Option<IReadOnlyList<CategoryAmount>?> Amount { get; } = new("--amount")
    {
        HelpName = "S=yen,G=yen",
        Description = "Whole tax-exclusive yen given back, by tax category of the invoice",
        CustomParser = ParseAmounts,
    };

    public Option<IReadOnlyList<LineAmount>?> Lines { get; } = new("--lines")
    {
        HelpName = "n[=yen],…",
        Description = "Lines of the invoice given back, counted from 1: whole, or with an amount in part",
        CustomParser = ParseLines,
    };

    public Option<GrantAs?> As { get; } = new("--as")
    {
        HelpName = "credit-note|adjustment",
        Description = "A credit note of its own, or lines on the contract's next invoice",
        CustomParser = result => GrantWords.Of(result.Tokens.SingleOrDefault()?.Value) ?? Fail<GrantAs?>(result, "--as: credit-note or adjustment is expected"),
    };

    /// <summary>What is given back.</summary>
    public CreditSelection Selection(ParseResult parsed) => new(parsed.GetValue(Amount) ?? [], parsed.GetValue(Lines) ?? []);

    public void AddTo(Command command)
    {
        command.Add(Amount);
        command.Add(Lines);
        command.Add(As);
    }

    /// <summary>Who acts, for the record: the user of this machine when nobody else is named.</summary>
    public static Option<string> By() => new("--by")
    {
        Description = "Who does it; the user of this machine when absent",
        DefaultValueFactory = _ => Environment.UserName,
    };

    private static IReadOnlyList<CategoryAmount>? ParseAmounts(ArgumentResult result)
    {
        var amounts = new List<CategoryAmount>();
        foreach (var part in Parts(result))
        {
            if (part.Split('=') is not [var category, var yen] || Words.TaxCategoryOf(category) is null || !Yen.TryParse(yen, out var amount))
            {
                return Fail<IReadOnlyList<CategoryAmount>?>(result, $"--amount: '{part}' is not an amount by tax category such as S=500");
            }

            amounts.Add(new CategoryAmount(category, amount));
        }

        return amounts;
    }

    private static IReadOnlyList<LineAmount>? ParseLines(ArgumentResult result)
    {
        var lines = new List<LineAmount>();
        foreach (var part in Parts(result))
        {
            var pieces = part.Split('=');
            Yen amount = default;
            if (pieces.Length > 2 || !int.TryParse(pieces[0], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
                || (pieces.Length == 2 && !Yen.TryParse(pieces[1], out amount)))
            {
                return Fail<IReadOnlyList<LineAmount>?>(result, $"--lines: '{part}' is not a line of the invoice such as 3 or 3=500");
            }

            lines.Add(new LineAmount(line, pieces.Length == 2 ? amount : null));
        }

        return lines;
    }

    private static IEnumerable<string> Parts(ArgumentResult result) =>
        result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static T? Fail<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default;
    }
}
