using System.CommandLine;
using Billing.Contracts;
using Billing.Service.Offline;

namespace Billing.Service.CommandLine;

/// <summary><c>billing rate</c>: the offline command.</summary>
internal static class RateCommand
{
    public static Command Create()
    {
        var contracts = new Option<string>("--contracts") { Required = true, Description = "contracts.json" };
        var tariff = new Option<string>("--tariff") { Required = true, Description = "tariff.json" };
        var cdr = new Option<string>("--cdr") { Required = true, Description = "Call records: cdr v1 as CSV or JSON lines or, with --profile, a switch's file; plain or gzip; - for standard input" };
        var reference = new Option<string?>("--reference") { Description = "reference.json; the built-in reference when absent" };
        var month = Month();
        var output = CommonOptions.Folder("Folder for rated.csv, invoices.json and receipt.json");
        var command = new Command("rate", "Rates a file of call records and makes a month's invoices from documents alone; no database, no service.")
        {
            contracts, tariff, cdr, ProfileOptions.Profile, ProfileOptions.Source, reference, month, output,
        };
        command.SetAction(parsed =>
        {
            if (!ProfileOptions.TryRead(parsed, out var profile))
            {
                return Exit.Refused;
            }

            var request = new RateFilesRequest(
                parsed.GetRequiredValue(contracts),
                parsed.GetRequiredValue(tariff),
                parsed.GetValue(reference),
                parsed.GetRequiredValue(cdr),
                parsed.GetValue(month),
                parsed.GetRequiredValue(output),
                profile);
            try
            {
                return RateFiles.Run(request, Console.Error, showProgress: !Console.IsErrorRedirected);
            }
            catch (Exception fault)
            {
                // whatever it is, one line and no trace; a write beyond the size that files may have comes as an argument fault
                Console.Error.WriteLine($"billing: {(fault is IOException or UnauthorizedAccessException or OverflowException ? "" : "failed: ")}{fault.Message}");
                return 1;
            }
        });
        return command;
    }

    /// <summary>The option <c>--month YYYY-MM</c>.</summary>
    public static Option<UsageMonth> Month() => new("--month")
    {
        Required = true,
        Description = "Usage month in Tokyo, YYYY-MM",
        CustomParser = result =>
        {
            if (UsageMonth.TryParse(result.Tokens.SingleOrDefault()?.Value, out var value))
            {
                return value;
            }

            result.AddError("--month: a month YYYY-MM is expected");
            return default;
        },
    };
}
