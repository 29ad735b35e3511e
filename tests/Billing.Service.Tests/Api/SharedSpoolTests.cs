using Billing.Service.Api.Bodies;
using Billing.Service.Tests.Hosting;

namespace Billing.Service.Tests.Api;

/// <summary>Several processes keep bodies in one folder: together no more than may lie there.</summary>
public sealed class SharedSpoolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("billing-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_last_place_is_one_processs_and_the_next_ones_when_it_is_free()
    {
        using var one = Room(("spool-bodies", "2"));
        using var other = Room(("spool-bodies", "2"));
        File.WriteAllText(Path.Combine(_folder, "waits.cdr"), "");

        var place = one.TryTake(null).Place!;
        other.TryTake(null).Place.ShouldBeNull();
        one.TryTake(null).Place.ShouldBeNull();
        place.Dispose();
        other.TryTake(null).Place.ShouldNotBeNull();
        Directory.GetFiles(_folder).Length.ShouldBe(2);
    }

    [Fact]
    public void Room_for_bytes_is_taken_when_they_are_announced_or_come_and_given_back_when_they_do_not()
    {
        const int Step = 1 << 20;
        using var one = Room(("spool-bytes", $"{3 * Step}"));
        using var other = Room(("spool-bytes", $"{3 * Step}"));

        var told = one.TryTake(2 * Step).Place!;
        other.TryTake(Step + 1).Place.ShouldBeNull();
        var untold = other.TryTake(null).Place!;
        using (var file = File.OpenWrite(untold.File))
        {
            // room for a step more is not there, for what came it is
            untold.Grow(file, 1000).ShouldBeNull();
            one.TryTake(Step).Place.ShouldBeNull();
            untold.Grow(file, Step + 1).ShouldNotBeNull();
            untold.Complete(file);
        }

        new FileInfo(untold.File).Length.ShouldBe(1000);
        one.TryTake(Step - 1000).Place.ShouldNotBeNull();
        told.Dispose();
        other.TryTake(2 * Step).Place.ShouldNotBeNull();
    }

    [Fact]
    public void Races_for_the_last_place_are_won_by_one_or_by_nobody()
    {
        using var one = Room(("spool-bodies", "1"));
        using var other = Room(("spool-bodies", "1"));
        var won = 0;
        for (var race = 0; race < 100; race++)
        {
            var places = new SpoolRoom.Place?[2];
            Parallel.Invoke(() => places[0] = one.TryTake(null).Place, () => places[1] = other.TryTake(null).Place);
            places.Count(place => place is not null).ShouldBeLessThan(2);
            foreach (var place in places.OfType<SpoolRoom.Place>())
            {
                place.Dispose();
                won++;
            }
        }

        won.ShouldBeGreaterThan(0);
    }

    private SpoolRoom Room(params (string, string)[] settings) => new(Server.Settings(Command.Nowhere, [("spool", _folder), .. settings]), TimeProvider.System);
}
