using System.Globalization;
using System.Text;
using Billing.Contracts.Documents;
using Billing.Contracts.Events;
using Billing.Formats;
using Billing.Formats.Joining;
using Billing.Service.Corrections;
using CsCheck;

namespace Billing.Service.Tests.Formats;

/// <summary>A long call that is written in parts is one call when all of them are there, and nothing is lost while they are not.</summary>
public sealed class PartialRecordsTests(ProfiledWorld world) : IClassFixture<ProfiledWorld>
{
    /// <summary>Parts that only say whether they are the first or the last, and how long they took.</summary>
    private const string ByStamps =
        """
        {
          "name": "flagged", "title": "x", "container": { "type": "csv" }, "rows": [ { "kind": "call", "role": "part" } ],
          "join": {
            "key": [ "call" ], "waitHours": 48,
            "parts": {
              "first": { "column": "flag", "is": [ "F", "FL" ] }, "last": { "column": "flag", "is": [ "L", "FL" ] }, "toleranceMs": 1000,
              "begin": { "column": "begin", "time": { "forms": [ "epoch-s" ] } },
              "end": { "column": "begin", "time": { "forms": [ "epoch-s" ], "plus": { "column": "seconds" } } }
            }
          },
          "fields": {
            "source": { "constant": "flagged" }, "record_id": { "column": "call" }, "kind": { "constant": "call" }, "mode": { "constant": "ip" },
            "calling_number": { "constant": "05033010001" }, "called_number": { "constant": "0312345678" },
            "started_at": { "column": "start.begin", "time": { "forms": [ "epoch-s" ] } }, "answered_at": { "column": "start.begin", "time": { "forms": [ "epoch-s" ] } },
            "ended_at": { "column": "start.begin", "time": { "forms": [ "epoch-s" ], "plus": { "column": "seconds", "sum": true } } }
          }
        }
        """;

    private static readonly DateTimeOffset Monday = new(2026, 10, 5, 9, 0, 0, TimeSpan.Zero);
    private static readonly string Header = ProfiledWorld.Fixture("ims-partial-csv", "cdr.csv").Split('\n')[0] + "\n";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_parts_of_a_call_make_the_same_call_in_any_order_over_any_files_and_with_any_copies(bool numbered)
    {
        var profile = numbered ? ProfiledWorld.Profile("ims-partial-csv", "ims") : Flagged();
        Gen.Int[1, 6].SelectMany(parts => Gen.Select(Gen.Shuffle(Enumerable.Range(1, parts).ToArray()), Gen.Int[1, parts].Array[0, 3], Gen.Int[1, parts + 3].Array[0, 3], (order, copies, cuts) => (parts, order, copies, cuts)))
            .Sample(given =>
            {
                int[] sent = [.. given.order, .. given.copies];
                var shelf = new Shelf();
                var rows = new List<ProfiledRow>();
                for (var from = 0; from < sent.Length;)
                {
                    var to = given.cuts.Where(cut => cut > from).DefaultIfEmpty(sent.Length).Min();
                    rows.AddRange(shelf.Read(profile, sent[from..Math.Min(to, sent.Length)].Select(number => numbered ? Part("any", number, given.parts) : Flag(number, given.parts))));
                    from = to;
                }

                var calls = rows.Where(row => row.Fate == RowFate.Call).Select(row => string.Join(',', row.Texts)).Distinct().ToList();
                calls.ShouldHaveSingleItem().ShouldContain($",2026-10-05T05:00:00Z,2026-10-05T0{5 + (given.parts / 2)}:{(given.parts % 2 == 0 ? "00" : "30")}:00Z,");
                rows.Count.ShouldBe(sent.Length);
                rows.ShouldAllBe(row => row.Fate == RowFate.Call || row.Fate == RowFate.Joined || row.Fate == RowFate.Waiting || row.Fate == RowFate.Duplicate);
                shelf.Waiting.ShouldBeEmpty();
            }, iter: 300, threads: 1);
    }

    [Fact]
    public void Parts_that_contradict_each_other_make_no_call_and_wait()
    {
        // a part behind the last one, two last ones
        Fates(ProfiledWorld.Profile("ims-partial-csv", "ims"), Part("x", 4, 5), Part("x", 3, 3), Part("x", 2, 2), Part("x", 1, 5)).ShouldBe([RowFate.Waiting, RowFate.Waiting, RowFate.Waiting, RowFate.Waiting]);

        // a gap and an overlap of more than the tolerance, and of less
        Fates(Flagged(), Flag(1, 2), Flag(2, 2, late: 2)).ShouldBe([RowFate.Waiting, RowFate.Waiting]);
        Fates(Flagged(), Flag(1, 2), Flag(2, 2, late: -2)).ShouldBe([RowFate.Waiting, RowFate.Waiting]);
        Fates(Flagged(), Flag(1, 2), Flag(2, 2, late: 1)).ShouldBe([RowFate.Joined, RowFate.Call]);
    }

    [Fact]
    public async Task Parts_of_several_files_wait_and_make_one_call_and_what_comes_again_is_told_apart()
    {
        await IngestAsync("long", Part("l", 2, 3));
        (await IngestAsync("long", Part("l", 1, 3), Part("l", 2, 3))).Outcomes.Duplicate.ShouldBe(1);
        (await world.PendingAsync("long")).Select(part => part.Role).ShouldBe(["part 1", "part 2"], ignoreOrder: true);

        var whole = await IngestAsync("long", Part("l", 3, 3), Part("s", 1, 2), Part("s", 2, 2));

        (whole.Outcomes.Rated, whole.Profile!.Joined, whole.Profile.Waiting).ShouldBe((2, 1, 0));
        (await world.PendingAsync("long")).ShouldBeEmpty();
        (await world.Database.ScalarAsync<string>("select string_agg(record_id || ' ' || chargeable_ms, ',' order by record_id) from billing.rated_calls where source = 'long'")).ShouldBe("l 5400000,s 3600000");

        // copies of a part that waited and of some that never did; others of their number and beyond
        (await IngestAsync("long", Part("l", 1, 3), Part("l", 3, 3), Part("s", 1, 2))).Outcomes.Duplicate.ShouldBe(3);
        var others = await IngestAsync("long", Part("l", 2, 3, called: "+81312340000"), Part("s", 2, 3), Part("s", 3, 3));
        others.Reasons.Suspended.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, long>("conflicting-duplicate", 2));
        (await world.PendingAsync("long")).ShouldHaveSingleItem().Role.ShouldBe("last part 3");
        (await world.TimeOutAsync(new HandClock(DateTimeOffset.UtcNow.AddHours(49)))).ShouldHaveSingleItem().Reasons.Suspended.ShouldHaveSingleItem().Key.ShouldBe("conflicting-duplicate");
        (await world.Database.ScalarAsync<long>("select count(*) from billing.suspense where source = 'long' and reason = 'conflicting-duplicate'")).ShouldBe(3);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.rated_calls where source = 'long'")).ShouldBe(2);
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task Parts_without_the_others_are_suspended_together_after_the_last_of_them_and_wait_again_for_one_that_comes_late()
    {
        var clock = new HandClock(Monday);
        await IngestAsync("vain", clock, Part("v", 1, 4));
        clock.Now = Monday.AddHours(40);
        await IngestAsync("vain", clock, Part("v", 2, 4));
        clock.Now = Monday.AddHours(49);
        (await world.TimeOutAsync(clock)).ShouldBeEmpty();
        (await world.PendingAsync("vain")).Select(part => part.Until.ToDateTimeOffset()).Distinct().ShouldBe([Monday.AddHours(88)]);
        clock.Now = Monday.AddHours(89);

        var timedOut = (await world.TimeOutAsync(clock)).ShouldHaveSingleItem();

        (timedOut.Rows, timedOut.Outcomes.Suspended, timedOut.Profile!.Joined).ShouldBe((2, 1, 1));
        timedOut.Reasons.Suspended.ShouldHaveSingleItem().Key.ShouldBe("other-half-missing");
        await world.ShouldBeExplainedAsync("vain", "other-half-missing", 1);
        await world.ReconciledAsync();

        // one more, but not all: what was suspended waits with it, and times out with it
        await IngestAsync("vain", clock, Part("v", 4, 4));
        (await world.PendingAsync("vain")).Count.ShouldBe(3);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.suspense where source = 'vain'")).ShouldBe(0);
        await world.ReconciledAsync();
        clock.Now = Monday.AddHours(138);
        (await world.TimeOutAsync(clock)).ShouldHaveSingleItem().Outcomes.Suspended.ShouldBe(1);

        (await IngestAsync("vain", clock, Part("v", 3, 4))).Outcomes.Rated.ShouldBe(1);
        (await world.Database.ScalarAsync<long>("select count(*) from billing.suspense where source = 'vain'")).ShouldBe(0);
        (await world.Database.ScalarAsync<long>("select chargeable_ms from billing.rated_calls where source = 'vain'")).ShouldBe(7_200_000);
        (await world.PendingAsync("vain")).ShouldBeEmpty();
        await world.ReconciledAsync();
    }

    [Fact]
    public async Task A_file_that_is_rolled_back_takes_its_parts_along_and_lets_those_of_others_wait_again()
    {
        await IngestAsync("back", Part("b", 1, 3));
        var wrong = await IngestAsync("back", Part("b", 2, 3), Part("b", 3, 3, called: "+81312340000"));
        wrong.Outcomes.Rated.ShouldBe(1);

        var (_, refusal) = await new RollBackDelivery(world.Database.Database, TimeProvider.System).RunAsync(wrong.Sha256, new CorrectionGrounds("another switch", "switch room", null), true, null, default);

        refusal.ShouldBeNull();
        (await world.PendingAsync("back")).ShouldHaveSingleItem().Role.ShouldBe("part 1");
        await world.ReconciledAsync();
        (await IngestAsync("back", Part("b", 2, 3), Part("b", 3, 3))).Outcomes.Rated.ShouldBe(1);
        await world.ReconciledAsync();
    }

    /// <summary>Half an hour of a call, in the form of <c>ims-partial-csv</c>.</summary>
    internal static string Part(string call, int number, int parts, string calling = "+815033010001", string called = "+81312345678") =>
        string.Create(CultureInfo.InvariantCulture, $"tas,{call},{number},{calling},{called},,{Stamp(number - 1)},{Stamp(number)},1800,{(number == parts ? "normal-release" : "partial-time-limit")}\n");

    internal static string FileOf(params IEnumerable<string> parts) => Header + string.Concat(parts);

    private static string Stamp(int halfHours) => new DateTime(2026, 10, 5, 14, 0, 0).AddMinutes(30 * halfHours).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + "+09:00";

    private static string Flag(int number, int parts, int late = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"c,{1_791_176_400 + ((number - 1) * 1800) + late},1800,{(number == 1 ? "F" : "")}{(number == parts ? "L" : "")}{(number == 1 || number == parts ? "" : "I")}\n");

    private static Profile Flagged() => BuiltInProfiles.Read(Encoding.UTF8.GetBytes(ByStamps)).Profile!;

    private static RowFate[] Fates(Profile profile, params IEnumerable<string> rows) => [.. new Shelf().Read(profile, rows).OrderBy(row => row.Line).Select(row => row.Fate)];

    private Task<ReceiptDocument> IngestAsync(string source, params IEnumerable<string> parts) => world.IngestAsync("ims-partial-csv", FileOf(parts), source);

    private Task<ReceiptDocument> IngestAsync(string source, TimeProvider clock, string part) => world.IngestAsync("ims-partial-csv", FileOf(part), source, clock);

    /// <summary>Keeps parts from file to file, as the database does.</summary>
    private sealed class Shelf : EarlierHalves
    {
        private readonly Dictionary<Guid, CallHalf> _known = [];
        private readonly Dictionary<Guid, CallHalf> _waiting = [];

        public override IReadOnlyList<CallHalf> Waiting => [.. _waiting.Values];

        public override IReadOnlyDictionary<Guid, CallHalf> Known(IReadOnlyCollection<Guid> ids) => ids.Where(_known.ContainsKey).ToDictionary(id => id, id => _known[id]);

        public List<ProfiledRow> Read(Profile profile, IEnumerable<string> rows)
        {
            var header = profile.Name == "flagged" ? "call,begin,seconds,flag\n" : Header;
            using var reader = ProfileReader.Open(profile, new MemoryStream(Encoding.UTF8.GetBytes(header + string.Concat(rows))), this).Reader!;
            var read = new List<ProfiledRow>();
            while (reader.TryRead(out var row))
            {
                read.Add(row);
            }

            foreach (var row in read)
            {
                foreach (var half in row.Halves.Concat(row.Made))
                {
                    _known[half.Id] = half;
                    _waiting.Remove(half.Id);
                    if (row.Fate == RowFate.Waiting)
                    {
                        _waiting.Add(half.Id, half);
                    }
                }
            }

            return read;
        }
    }
}
