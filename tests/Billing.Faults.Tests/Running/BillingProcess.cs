using System.Diagnostics;

namespace Billing.Faults.Tests.Running;

/// <summary>How a run of the command ended and what it said.</summary>
internal sealed record Ended(int Code, string Output, string Error)
{
    public const int Killed = 128 + 9;

    public string All => Output + Error;
}

/// <summary>The command as its users have it: a process of its own, which can be killed.</summary>
internal sealed class BillingProcess : IDisposable
{
    private static readonly TimeSpan Longest = Size.Of(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(20));

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private BillingProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Starts the command itself.</summary>
    public static BillingProcess Start(IReadOnlyDictionary<string, string> environment, params ReadOnlySpan<string> arguments) =>
        StartProgram(Checkout.Command, environment, arguments);

    /// <summary>Starts a program that starts the command; it finds its path in BILLING_COMMAND.</summary>
    public static BillingProcess StartProgram(string program, IReadOnlyDictionary<string, string> environment, params ReadOnlySpan<string> arguments)
    {
        // whoever started the tests may have told them to ignore Ctrl-C
        var start = new ProcessStartInfo("env", ["--default-signal=INT", program])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("BILLING_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment["DOTNET_ROOT"] = Checkout.DotnetRoot;
        start.Environment["BILLING_COMMAND"] = Checkout.Command;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new BillingProcess(Process.Start(start)!);
    }

    /// <summary>Gives it its whole standard input; a command that does not read it to the end is left alone.</summary>
    public async Task SendAsync(Stream input)
    {
        try
        {
            await input.CopyToAsync(_process.StandardInput.BaseStream);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it has closed its end
        }
    }

    /// <summary>SIGKILL: it gets no chance to tidy up. It must still have been at work.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        var ended = await EndAsync();
        ended.Code.ShouldBe(Ended.Killed, ended.All);
    }

    /// <summary>SIGINT, as Ctrl-C sends it.</summary>
    public Task InterruptAsync() => SignalAsync("INT");

    /// <summary>SIGTERM, as whoever runs services sends it.</summary>
    public Task TerminateAsync() => SignalAsync("TERM");

    public async Task<Ended> EndAsync()
    {
        using var limit = new CancellationTokenSource(Longest);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', _process.StartInfo.ArgumentList)} did not end: {await _output}{await _error}");
        }

        return new Ended(_process.ExitCode, await _output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
    }
}
