using System.CommandLine;
using Billing.Contracts;
using Billing.Contracts.Documents;
using Billing.Service.Knowledge;
using Billing.Service.Tariffs;

namespace Billing.Service.CommandLine;

/// <summary><c>billing tariffs</c>: publishes, lists and shows tariff versions.</summary>
internal static class TariffsCommand
{
    public static Command Create() => new("tariffs", "Publishes, lists, shows and withdraws tariff versions.") { Publish(), List(), Show(), Withdraw() };

    private static Command Publish()
    {
        var file = new Argument<string>("file") { Description = "tariff.json; - for standard input" };
        var yes = new Option<bool>("--yes") { Description = "Publish past warnings" };
        var check = new Option<bool>("--check") { Description = "Only say what would change and what looks wrong" };
        var command = new Command("publish", "Checks the versions in the file, shows how they differ from what is published and what looks wrong, and publishes them, all or none. Past a warning it needs --yes, else nothing is published and it ends with 2. The same file again changes nothing.")
        {
            file, yes, check, CommonOptions.Json,
        };
        command.SetAction((parsed, cancellation) => Run.Guarded(async () =>
        {
            var path = parsed.GetRequiredValue(file);
            if (await DocumentFile.ReadAsync<TariffsDocument>(path, cancellation) is not { } document)
            {
                return Exit.Refused;
            }

            // first on its own, which needs no database
            if (TariffReview.Of([], document).Fault is { } fault)
            {
                DocumentFile.Refuse(path, fault);
                return Exit.Refused;
            }

            return (StoredText.RefuseId(document.Tariffs[0].Id, "tariff's id") ?? StoredText.Refuse(document)) is { } refusal
                ? Run.Refuse(refusal)
                : await Run.WithHost(parsed, run => PublishAsync(run, path, document, parsed.GetValue(yes), parsed.GetValue(check)), cancellation);
        }, cancellation));
        return command;
    }

    private static async Task<int> PublishAsync(HostRun run, string path, TariffsDocument document, bool yes, bool check)
    {
        await using var session = run.Store.QuerySession();
        var stream = KnowledgeStreams.Tariff(document.Tariffs[0].Id);
        var tariff = await session.Events.AggregateStreamAsync<PublishedTariff>(stream, token: run.Cancellation);
        var (review, fault) = TariffReview.Of(tariff?.Versions ?? [], document);
        if (review is null)
        {
            DocumentFile.Refuse(path, fault!);
            return Exit.Refused;
        }

        var warned = review.Warnings.Any();
        var publish = review.Changed.Count > 0 && !check && (yes || !warned);
        Refusal? refusal = null;
        if (publish)
        {
            refusal = (await run.Invoke(new PublishTariff(document, yes, tariff?.Version ?? 0))).Refusal;
        }

        var result = TariffText.Result(document, review, publish && refusal is null);
        run.Write(result, text => TariffText.Write(text, result));
        if (refusal is not null)
        {
            return Run.Refuse(refusal);
        }

        if (warned && !publish)
        {
            Run.Error($"{Counted.Of(result.Warnings.Count, "warning")}: nothing was published{(check ? "" : "; --yes publishes nevertheless")}");
            return Exit.Refused;
        }

        return Exit.Done;
    }

    private static Command List()
    {
        var asOf = ContractsCommand.AsOf();
        var command = new Command("list", "Lists the tariff versions that stand.") { asOf, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var known = await ContractsCommand.KnownAsync(run, parsed.GetValue(asOf));
            var rows = known.Tariffs.Select(tariff => new TariffRow(tariff.Id, tariff.Version, tariff.From, tariff.To, tariff.Plans.Count, tariff.Prices.Count)).ToList();
            run.Write(new TariffList(known.No, rows), text => TariffText.List(text, rows));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command Show()
    {
        var version = new Argument<string>("version") { Description = "The version's name" };
        var asOf = ContractsCommand.AsOf();
        var command = new Command("show", "Shows a tariff version; with --json as a document that publish takes.") { version, asOf, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithStore(parsed, async run =>
        {
            var known = await ContractsCommand.KnownAsync(run, parsed.GetValue(asOf));
            var name = parsed.GetRequiredValue(version);
            if (known.Tariffs.FirstOrDefault(tariff => tariff.Version == name) is not { } found)
            {
                return Run.Refuse(NoVersion(name, known.Tariffs));
            }

            run.Write(new TariffsDocument { Tariffs = [found] }, text => TariffText.Show(text, found));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Command Withdraw()
    {
        var version = new Argument<string>("version") { Description = "The version's name" };
        var yes = new Option<bool>("--yes") { Description = "Do it: calls of its time are suspended with no-price until another version covers it" };
        var command = new Command("withdraw", "Takes a tariff version back. What was known before still knows it.") { version, yes, CommonOptions.Json };
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var known = await ContractsCommand.KnownAsync(run, null);
            var name = parsed.GetRequiredValue(version);
            if (known.Tariffs.FirstOrDefault(tariff => tariff.Version == name) is not { } found)
            {
                return Run.Refuse(NoVersion(name, known.Tariffs));
            }

            if (!parsed.GetValue(yes))
            {
                return Run.Refuse(new Refusal("review", $"calls of {TariffReview.Period(found)} would have no price; --yes withdraws nevertheless"));
            }

            var answer = await run.Invoke(new WithdrawTariffVersion(found.Id, name));
            if (answer.Refusal is { } refusal)
            {
                return Run.Refuse(refusal);
            }

            run.Write(new TariffWithdrawn(found.Id, name), text => text.WriteLine($"withdrawn: {found.Id} {name}"));
            return Exit.Done;
        }, cancellation));
        return command;
    }

    private static Refusal NoVersion(string name, IReadOnlyList<TariffDocument> tariffs) => new(
        StoredText.DocumentRule,
        $"there is no tariff version '{name}'{(tariffs.Count == 0 ? "" : $"; there are {string.Join(", ", tariffs.Select(tariff => tariff.Version))}")}");
}

internal sealed record TariffWithdrawn(string Tariff, string TariffVersion);
