using System.CommandLine;
using System.Globalization;
using Billing.Service.CommandLine;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;

var root = new RootCommand("Rates and bills 050 business telephony: call records in, explained and replayable invoices out.");
root.Add(RateCommand.Create());
return root.Parse(args).Invoke();
