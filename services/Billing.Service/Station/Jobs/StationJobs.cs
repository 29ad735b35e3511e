using System.Collections.Concurrent;
using Billing.Contracts;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Hosting.Refusals;
using Billing.Service.Station.Language;
using NodaTime;

namespace Billing.Service.Station.Jobs;

/// <summary>Long work that a page began: how far it is, and what came of it.</summary>
public sealed class StationJob(string id, Phrase name, string subject, string by, Instant begunAt, string back)
{
    private volatile int _done;

    public string Id => id;

    /// <summary>What is done.</summary>
    public Phrase Name => name;

    /// <summary>What it is done to: a month.</summary>
    public string Subject => subject;

    /// <summary>Who began it, who alone sees it.</summary>
    public string By => by;

    public Instant BegunAt => begunAt;

    /// <summary>The page that it was begun from.</summary>
    public string Back => back;

    /// <summary>How many contracts have been gone through, where that is told.</summary>
    public int Done => _done;

    public bool IsOver { get; private set; }

    /// <summary>What came of it; its type tells how it is shown.</summary>
    public object? Result { get; private set; }

    public Refusal? Refusal { get; private set; }

    /// <summary>The HTTP status of the fault that ended it; null without one.</summary>
    public int? Fault { get; private set; }

    internal IProgress<int> Progress => new Told(this);

    internal void End(object? result, Refusal? refusal, int? fault)
    {
        (Result, Refusal, Fault) = (result, refusal, fault);
        IsOver = true;
    }

    private sealed class Told(StationJob job) : IProgress<int>
    {
        public void Report(int value) => job._done = Math.Max(job._done, value);
    }
}

/// <summary>
/// The long work that pages began in this process, the latest of it. As much is at work at a time as there are places for heavy queries; the rest waits. What it writes lies in the database and a repeat does no harm: what
/// is lost with the process is only the report.
/// </summary>
public sealed partial class StationJobs(BillingSettings settings, IHostApplicationLifetime lifetime, IClock clock, ILogger<StationJobs> log) : IDisposable
{
    /// <summary>Work of one person that has not ended.</summary>
    internal const int MostOfOne = 5;

    private const int Most = 100;

    private readonly SemaphoreSlim _places = new(AccessSettings.Of(settings).HeavyQueries);

    private readonly ConcurrentDictionary<string, StationJob> _jobs = new(StringComparer.Ordinal);

    /// <summary>Begins work, unless the same is under way already: then that is told.</summary>
    public StationJob Begin(Phrase name, string subject, string by, string back, Func<IProgress<int>, CancellationToken, Task<(object? Result, Refusal? Refusal)>> work)
    {
        if (_jobs.Values.FirstOrDefault(other => !other.IsOver && other.Name == name && other.Subject == subject && other.By == by) is { } running)
        {
            return running;
        }

        var job = new StationJob(Guid.NewGuid().ToString("N"), name, subject, by, clock.GetCurrentInstant(), back);
        foreach (var old in _jobs.Values.Where(old => old.IsOver).OrderByDescending(old => old.BegunAt).Skip(Most))
        {
            _jobs.TryRemove(old.Id, out _);
        }

        _jobs[job.Id] = job;
        if (_jobs.Values.Count(other => !other.IsOver && other.By == by) > MostOfOne)
        {
            job.End(null, new Refusal("jobs", $"{MostOfOne} pieces of work that you began are not over yet; wait for one of them"), null);
            return job;
        }

        _ = Task.Run(() => RunAsync(job, work));
        return job;
    }

    public StationJob? Find(string id, string by) => _jobs.TryGetValue(id, out var job) && job.By == by ? job : null;

    public void Dispose() => _places.Dispose();

    private async Task RunAsync(StationJob job, Func<IProgress<int>, CancellationToken, Task<(object? Result, Refusal? Refusal)>> work)
    {
        try
        {
            await _places.WaitAsync(lifetime.ApplicationStopping);
            try
            {
                var (result, refusal) = await work(job.Progress, lifetime.ApplicationStopping);
                job.End(result, refusal, null);
            }
            finally
            {
                _places.Release();
            }
        }
#pragma warning disable CA1031 // nobody awaits it: the job itself tells its fault
        catch (Exception fault)
#pragma warning restore CA1031
        {
            JobFailed(job.Name.En, job.Subject, fault);
            job.End(null, null, FaultProblems.StatusOf(fault));
        }
    }

    [LoggerMessage(LogLevel.Error, "{Work} of {Subject} failed")]
    private partial void JobFailed(string work, string subject, Exception fault);
}
