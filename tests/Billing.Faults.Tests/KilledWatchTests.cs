using System.Text.Json;
using Billing.Faults.Tests.Calls;
using Billing.Faults.Tests.Proof;
using Billing.Faults.Tests.Running;

namespace Billing.Faults.Tests;

/// <summary>Two processes watch one folder and one of them is killed: every file is taken in, none twice.</summary>
[Trait("Category", "Faults")]
public sealed class KilledWatchTests : IDisposable
{
    private readonly WorkFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_two_watchers_of_one_folder_one_is_killed_at_work_and_the_other_ends_it()
    {
        var rows = Size.Of(60_000, 300_000);
        const int Files = 4;
        await using var undisturbed = await DatabaseServer.Shared.CreateAsync();
        var inbox = Directory.CreateDirectory(_folder.At("in")).FullName;
        for (var no = 0; no < Files; no++)
        {
            var file = Path.Combine(inbox, $"calls-{no + 1}.csv");
            MadeUp.Write(file, MadeUp.Calls(rows / Files, seed: 5, first: no * rows / Files));
            await undisturbed.IngestAsync(file);
        }

        await using var database = await DatabaseServer.Shared.CreateAsync();
        await using var watch = await database.WatchAsync();
        using var first = database.Start("watch", inbox, "--settle", "00:00:00", "--every", "00:00:00.1");
        using var second = database.Start("watch", inbox, "--settle", "00:00:00", "--every", "00:00:00.1");
        await using (var moment = await Moment.AfterRowsAsync(database, "billing.mt_events", rows / Files / 4))
        {
            await moment.ReachedAsync(first);
            (await Poll.UntilAsync("both are at work", () => watch.HoldsAsync("select count(*) = 2 from billing.deliveries where completed_at is null"), () => first.HasEnded || second.HasEnded)).ShouldBeTrue();
            await first.KillAsync();
        }

        await Poll.UntilAsync("all files are done", () => Task.FromResult(Done(inbox) == Files), () => second.HasEnded);
        await second.InterruptAsync();
        var ended = await second.EndAsync();
        ended.Code.ShouldBe(130, ended.All);

        Directory.GetFiles(inbox).ShouldBeEmpty();
        Directory.Exists(Path.Combine(inbox, "failed")).ShouldBeFalse();
        (await database.CountAsync("select count(distinct sha256) from billing.deliveries where completed_at is not null")).ShouldBe(Files);
        (await database.CountAsync("select count(*) from billing.deliveries where completed_at is not null")).ShouldBe(Files);
        foreach (var file in Directory.GetFiles(Path.Combine(inbox, "done"), "*.csv"))
        {
            using var receipt = JsonDocument.Parse(await File.ReadAllBytesAsync($"{file}.receipt.json"));
            receipt.RootElement.GetProperty("file").GetString().ShouldBe(Path.GetFileName(file));
        }

        (await Contents.OfAsync(database)).ShouldBe(await Contents.OfAsync(undisturbed));
        await database.ShouldBeSoundAsync();
    }

    private static int Done(string inbox) => Directory.Exists(Path.Combine(inbox, "done")) ? Directory.GetFiles(Path.Combine(inbox, "done"), "*.csv").Length : 0;
}
