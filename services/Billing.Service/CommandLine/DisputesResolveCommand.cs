using System.CommandLine;
using Billing.Service.Disputes;
using Billing.Service.Invoicing;
using NodaTime;

namespace Billing.Service.CommandLine;

/// <summary><c>billing disputes resolve</c>: decides a dispute and gives back what is upheld.</summary>
internal static class DisputesResolveCommand
{
    private static readonly Dictionary<string, string> Outcomes = new(StringComparer.Ordinal)
    {
        ["in-full"] = DisputeStates.Upheld,
        ["in-part"] = DisputeStates.PartlyUpheld,
        ["rejected"] = DisputeStates.Rejected,
    };

    public static Command Create()
    {
        var id = DisputesCommand.Id();
        var upheld = new Option<string>("--upheld") { Required = true, Description = "How it is decided: in-full, in-part or rejected" };
        upheld.AcceptOnlyFromAmong([.. Outcomes.Keys]);
        var reason = new Option<string>("--reason") { Required = true, Description = "Why, as it stands on the document" };
        var by = CreditOptions.By();
        var options = new CreditOptions();
        var command = new Command("resolve", "Decides a dispute. What is upheld is given back in the same commit, by a credit note or on the next invoice; in full without --amount or --lines, that is what the disputed lines and calls cost.")
        {
            id, upheld, reason, by, CommonOptions.Json,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => Run.WithHost(parsed, async run =>
        {
            var outcome = Outcomes[parsed.GetRequiredValue(upheld)];
            var (terms, fault) = DisputeRules.Terms(outcome, run.Settings);
            return terms is null ? Run.Refuse(fault!) : await DisputesCommand.InvokeAsync(
                run,
                new ResolveDispute(
                    parsed.GetRequiredValue(id),
                    outcome,
                    parsed.GetRequiredValue(reason),
                    parsed.GetRequiredValue(by),
                    parsed.GetValue(options.As),
                    options.Selection(parsed),
                    terms.Issuer,
                    SystemClock.Instance.GetCurrentInstant()),
                "resolved:");
        }, cancellation));
        return command;
    }
}
