using System.Text.RegularExpressions;
using Billing.Service.Tests.Notices;

namespace Billing.Service.Tests.Hosting;

/// <summary>What <c>/metrics</c> tells. Alone, because a process that holds several servers mixes their figures.</summary>
[Collection(nameof(MetricsTests))]
[CollectionDefinition(nameof(MetricsTests), DisableParallelization = true)]
public sealed partial class MetricsTests : IAsyncLifetime
{
    private readonly DatabaseFixture _database = new();
    private readonly MonthFiles _month = new();
    private Server _server = null!;

    public async Task InitializeAsync()
    {
        await _database.InitializeAsync();
        _server = await Server.StartAsync(_database.ConnectionString, ("spool", _month.Folder));
        await _server.IngestAsync(_month);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        await _database.DisposeAsync();
        _month.Dispose();
    }

    [Fact]
    public async Task Every_figure_of_the_dashboard_and_the_alerts_is_told_and_no_figure_names_a_number_or_a_contract()
    {
        var text = await MetricsAsync();
        string[] told = [.. Series().Matches(text).Select(match => match.Groups[1].Value).Distinct()];
        foreach (var file in (string[])["grafana/dashboard.json", "prometheus/alerts.yaml"])
        {
            var asked = Figure().Matches(await File.ReadAllTextAsync(Path.Combine(MonthFiles.Root, "deploy", file))).Select(match => match.Value).Distinct().ToList();
            asked.Count.ShouldBeGreaterThan(5, file);
            asked.Except(told).ShouldBeEmpty(file);
        }

        // and none names a number or a contract; the pools of the tests themselves are called after their databases, and a process has a random name
        text = ProcessId().Replace(Pool().Replace(text, ""), "");
        text.ShouldContain("billing_rows_total{");
        text.ShouldNotContain("C-10");
        LongNumber().Matches(Value().Replace(text, "")).ShouldBeEmpty();
    }

    private async Task<string> MetricsAsync()
    {
        var text = "";
        await Poll.UntilAsync("the figures are read", async () => (text = await _server.Anonymous.GetStringAsync("/metrics")).Contains("billing_projection_lag", StringComparison.Ordinal));
        return text;
    }

    [GeneratedRegex(@"^([a-z_]+)(?:\{|\s)", RegexOptions.Multiline)]
    private static partial Regex Series();

    /// <summary>The names of figures in what is asked of Prometheus: of ours and of the frameworks'.</summary>
    [GeneratedRegex(@"\b(?:billing|http_server|db_client|dotnet|wolverine|marten)_[a-z_]+\b")]
    private static partial Regex Figure();

    [GeneratedRegex(@" [0-9.eE+-]+$", RegexOptions.Multiline)]
    private static partial Regex Value();

    [GeneratedRegex("db_client_connection_pool_name=\"[^\"]*\"")]
    private static partial Regex Pool();

    [GeneratedRegex("service_instance_id=\"[^\"]*\"")]
    private static partial Regex ProcessId();

    [GeneratedRegex("[0-9]{9,}")]
    private static partial Regex LongNumber();
}
