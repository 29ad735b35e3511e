using System.Text;
using Billing.Service.Evidence;
using Billing.Service.Tests.Invoicing;

namespace Billing.Service.Tests.Evidence;

public class ChainDigestTests
{
    private const string Number = "05033000001";

    /// <summary>The definition written out once more, with values made by hand: it must never change.</summary>
    [Fact]
    public void The_digest_of_an_event_and_of_a_first_link_are_what_they_always_were()
    {
        var happened = EventDigest.Of(
            7, Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), new DateTime(2026, 10, 3, 1, 2, 3, 456, DateTimeKind.Utc).AddTicks(7890), "call_recorded.v1", "{\"a\": \"日本\"}"u8);
        using var chain = new StreamChain();
        chain.Begin("usage-C-1-2026-10");
        chain.Add(happened);

        byte[] fields =
        [
            0, 0, 0, 0, 0, 0, 0, 7, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF,
            .. BitConverter.GetBytes(844_304_523_456_789).Reverse(), .. Encoding.UTF8.GetBytes("call_recorded.v1\n{\"a\": \"日本\"}"),
        ];
        var expected = System.Security.Cryptography.SHA256.HashData(fields);
        happened.ShouldBe(expected);
        var name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes("billing event chain v1\nusage-C-1-2026-10")));
        chain.Digest().ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData([.. Encoding.UTF8.GetBytes(name), .. expected])));
    }

    [Fact]
    public async Task The_database_computes_the_digest_that_the_program_computes()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, "tel:０３-1234-5678", "2026-10-03T10:00:00.123"), world.Unanswered(Number, "名前\\\"\t", "2026-10-03T11:00:00"));

        await using var command = world.Database.Database.CreateCommand($"select e.version, e.id, e.timestamp, e.type, e.data, {EventDigest.Sql} from billing.mt_events e");
        await using var reader = await command.ExecuteReaderAsync();
        var events = 0;
        while (await reader.ReadAsync())
        {
            events++;
            EventDigest.Of(reader.GetInt64(0), reader.GetGuid(1), reader.GetDateTime(2), reader.GetString(3), reader.GetFieldValue<byte[]>(4))
                .ShouldBe(reader.GetFieldValue<byte[]>(5), reader.GetString(3));
        }

        events.ShouldBeGreaterThan(4);
    }

    [Fact]
    public async Task Each_closing_seals_the_one_before_and_what_came_since()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number));
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-03T10:00:00"), world.Call(Number, BilledWorld.Fixed, "2026-09-03T11:00:00"));
        await world.IssueAsync(BilledWorld.September);
        await world.IngestAsync(world.Call(Number, BilledWorld.Fixed, "2026-09-04T10:00:00"));
        await world.IssueAsync(BilledWorld.October);

        var (first, second) = ((await world.IssuedAsync("C-1", BilledWorld.September)).Covered[0], (await world.IssuedAsync("C-1", BilledWorld.October)).Covered[1]);
        (first.StreamVersion, second.StreamVersion).ShouldBe((3, 5));
        var digests = new List<byte[]>();
        await using var command = world.Database.Database.CreateCommand($"select {EventDigest.Sql} from billing.mt_events e where e.stream_id = 'usage-C-1-2026-09' order by e.version");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            digests.Add(reader.GetFieldValue<byte[]>(0));
        }

        using var chain = new StreamChain();
        chain.Begin("usage-C-1-2026-09");
        chain.Add(digests[0]);
        chain.Add(digests[1]);
        chain.Digest().ShouldBe(first.Digest);
        chain.BeginAfter(first.Digest);
        chain.Add(digests[2]);
        chain.Add(digests[3]);
        chain.Digest().ShouldBe(second.Digest);
    }

    [Fact]
    public async Task A_month_without_calls_is_closed_with_a_digest_of_its_own()
    {
        await using var world = await BilledWorld.NewAsync(BilledWorld.Contract("C-1", Number), BilledWorld.Contract("C-2", "05033000002"));

        await world.IssueAsync(BilledWorld.October);

        var digests = (await world.AllIssuedAsync(BilledWorld.October)).Select(issued => issued.Covered[0].Digest).ToList();
        digests.ShouldAllBe(digest => digest.Length == 64);
        digests.Distinct().Count().ShouldBe(2);
    }
}
