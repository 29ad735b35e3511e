using System.Globalization;
using Billing.Bench;
using Billing.Bench.Capacity;
using Billing.Bench.Micro;
using Billing.Bench.Pages;
using Billing.Bench.Ratios;
using Billing.Bench.Ways;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return args switch
{
    ["micro"] => MicroCommand.Run(),
    ["ratios", .. var options] => await RatiosAsync(options),
    ["pages", .. var options] => await PagesAsync(options),
    ["capacity", .. var options] => await CapacityAsync(options),
    ["ways", .. var options] => await WaysAsync(options),
    [] or ["--rows" or "--contracts" or "--rounds", ..] => Math.Max(MicroCommand.Run(), await RatiosAsync(args)),
    _ => Usage(),
};

static async Task<int> RatiosAsync(string[] arguments)
{
    var options = RatiosOptions.Parse(arguments);
    var folder = Directory.CreateTempSubdirectory("billing-bench-").FullName;
    try
    {
        await using var server = BenchServer.FromEnvironment();
        var result = await new RatiosCommand(server, new BillingProgram(), options, folder, Console.Error).RunAsync();
        Console.WriteLine($"{Machine.Describe()}, PostgreSQL {await server.VersionAsync()}.");
        RatiosReport.Print(Console.Out, result, options);
        return 0;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static async Task<int> CapacityAsync(string[] arguments)
{
    var folder = Directory.CreateTempSubdirectory("billing-bench-").FullName;
    try
    {
        await using var server = BenchServer.FromEnvironment();
        await new CapacityCommand(server, new BillingProgram(), RatiosOptions.Parse(arguments), folder, Console.Error).RunAsync(Console.Out);
        Console.WriteLine($"{Machine.Describe()}, PostgreSQL {await server.VersionAsync()}.");
        return 0;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static async Task<int> WaysAsync(string[] arguments)
{
    var folder = Directory.CreateTempSubdirectory("billing-bench-").FullName;
    try
    {
        await using var server = BenchServer.FromEnvironment();
        await new WaysCommand(server, new BillingProgram(), RatiosOptions.Parse(arguments), folder, Console.Error).RunAsync(Console.Out);
        Console.WriteLine($"{Machine.Describe()}, PostgreSQL {await server.VersionAsync()}.");
        return 0;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static async Task<int> PagesAsync(string[] arguments)
{
    var folder = Directory.CreateTempSubdirectory("billing-bench-").FullName;
    try
    {
        await using var server = BenchServer.FromEnvironment();
        var rows = arguments is ["--rows", var text] ? int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : 1_020_000;
        await new PagesCommand(server, new BillingProgram(), rows, folder, Console.Error).RunAsync(Console.Out);
        Console.WriteLine($"{Machine.Describe()}, PostgreSQL {await server.VersionAsync()}.");
        return 0;
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

static int Usage()
{
    Console.Error.WriteLine("billing-bench [micro | ratios | ways | capacity | pages] [--rows 1000000] [--contracts 10000] [--rounds 3]");
    return 64;
}
