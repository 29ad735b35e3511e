using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Billing.Bench.Micro;

/// <summary><c>micro</c>: the steps of a call on one core, as a table.</summary>
internal static class MicroCommand
{
    public static int Run()
    {
        var job = Job.Default
            .WithToolchain(InProcessEmitToolchain.Instance)
            .WithWarmupCount(3)
            .WithIterationCount(12)
            .WithIterationTime(TimeInterval.FromMilliseconds(400));
        var config = ManualConfig.CreateEmpty()
            .AddJob(job)
            .AddLogger(NullLogger.Instance)
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "billing-bench"))
            .WithOptions(ConfigOptions.DisableLogFile);
        var summary = BenchmarkRunner.Run<RatingBenchmarks>(config);
        var table = new Table("one core", "calls/s", "ns a call (min–max)", "bytes allocated a call");
        foreach (var report in summary.Reports.Where(report => report.ResultStatistics is not null))
        {
            var (statistics, descriptor) = (report.ResultStatistics!, report.BenchmarkCase.Descriptor);
            var allocated = (report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0) / (double)descriptor.OperationsPerInvoke;
            table.Add(
                descriptor.WorkloadMethodDisplayInfo.Trim('\''),
                Table.Count(1e9 / statistics.Median),
                string.Create(CultureInfo.InvariantCulture, $"{statistics.Median:F0} ({statistics.Min:F0}–{statistics.Max:F0})"),
                allocated.ToString("0.###", CultureInfo.InvariantCulture));
        }

        table.Print(Console.Out);
        return summary.HasCriticalValidationErrors || summary.Reports.IsEmpty ? 1 : 0;
    }
}
