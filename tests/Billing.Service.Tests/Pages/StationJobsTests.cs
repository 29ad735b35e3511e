using System.Collections.Concurrent;
using Billing.Contracts;
using Billing.Service.Hosting;
using Billing.Service.Station.Jobs;
using Billing.Service.Station.Language;
using Billing.Service.Tests.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Billing.Service.Tests.Pages;

/// <summary>Long work of pages: how much of it one person may begin and how much is at work at a time.</summary>
public sealed class StationJobsTests : IDisposable
{
    private static readonly Phrase Name = new("照合", "Proof");

    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentBag<string> _begun = [];
    private readonly StationJobs _jobs;

    public StationJobsTests() => _jobs = new StationJobs(
        BillingSettings.Load(new Dictionary<string, string> { ["heavy-queries"] = "2" }), _lifetime, SystemClock.Instance, NullLogger<StationJobs>.Instance);

    public void Dispose() => _jobs.Dispose();

    [Fact]
    public async Task One_person_begins_so_much_and_the_rest_of_it_waits_for_places()
    {
        var jobs = Enumerable.Range(1, StationJobs.MostOfOne).Select(no => Begin($"2026-{no:D2}", "finance")).ToList();
        await Poll.UntilAsync("two are at work", () => Task.FromResult(_begun.Count == 2));

        var refused = Begin("2026-12", "finance");
        (refused.IsOver, refused.Refusal!.Rule).ShouldBe((true, "jobs"));
        Begin("2026-01", "finance").ShouldBeSameAs(jobs[0]);
        var other = Begin("2026-01", "auditor");
        other.Refusal.ShouldBeNull();
        _jobs.Find(other.Id, "finance").ShouldBeNull();
        _begun.Count.ShouldBe(2);

        _end.SetResult();
        await Poll.UntilAsync("all are over", () => Task.FromResult(jobs.Append(other).All(job => job.IsOver)));
        jobs.Append(other).ShouldAllBe(job => job.Refusal == null && job.Fault == null && (string?)job.Result == job.Subject);
        Begin("2026-12", "finance").Refusal.ShouldBeNull();
    }

    [Fact]
    public async Task What_waits_or_is_at_work_ends_with_the_service()
    {
        var jobs = Enumerable.Range(1, 3).Select(no => Begin($"2026-{no:D2}", "finance")).ToList();
        await Poll.UntilAsync("two are at work", () => Task.FromResult(_begun.Count == 2));

        _lifetime.StopApplication();

        await Poll.UntilAsync("all are over", () => Task.FromResult(jobs.TrueForAll(job => job.IsOver)));
        jobs.ShouldAllBe(job => job.Result == null && job.Fault != null);
    }

    private StationJob Begin(string subject, string by) => _jobs.Begin(Name, subject, by, "/station", async (_, stop) =>
    {
        _begun.Add(subject);
        await _end.Task.WaitAsync(stop);
        return (subject, (Refusal?)null);
    });
}
