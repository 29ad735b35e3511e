using System.Globalization;
using System.Text;
using Billing.Contracts;
using Billing.Rating.Tariffs;
using static Billing.Rating.Tests.SampleTariff;

namespace Billing.Rating.Tests;

/// <summary>A tariff with 170,000 prefixes is loaded and looked up like a small one (complaint 15).</summary>
public sealed class ManyPrefixesTests
{
    private const int Count = 170_000;

    /// <summary>Prefixes of 3 to 7 digits in a fixed order; each is priced at its own length in yen.</summary>
    private static readonly HashSet<string> Prefixes = [.. Enumerable.Range(0, 4 * Count)
        .Select(i => (200L + (i * 7919L % 9_999_000)).ToString(CultureInfo.InvariantCulture)).Distinct().Take(Count)];

    private static readonly TariffVersion Large = Tariff(Prefixes);
    private static readonly TariffVersion Small = Tariff(["44", "4412"]);

    [Fact]
    public void Pain15_170_000_prefixes_load_and_the_longest_match_wins()
    {
        Prefixes.Count.ShouldBe(Count);
        Large.Document.Prices.Count.ShouldBe(Count + 1);
        for (var i = 0; i < 20_000; i++)
        {
            var e164 = ((i * 104_729L % 90_000_000_000) + 10_000_000_000).ToString(CultureInfo.InvariantCulture);

            var expected = Enumerable.Range(1, e164.Length).Reverse().Select(length => e164[..length]).FirstOrDefault(Prefixes.Contains);
            var row = Pick(Large, Encoding.ASCII.GetBytes(e164));

            if (row?.Document.Prefix != expected)
            {
                row?.Document.Prefix.ShouldBe(expected, e164);
            }
        }
    }

    [Fact]
    public void Pain15_every_prefix_of_the_tariff_finds_itself()
    {
        foreach (var prefix in Prefixes)
        {
            if (Pick(Large, Encoding.ASCII.GetBytes(prefix))?.Document.Prefix != prefix)
            {
                throw new InvalidOperationException(prefix);
            }
        }
    }

    [Fact]
    public void Pain15_a_look_up_reads_the_digits_of_the_number_and_not_the_table()
    {
        byte[] longest = [.. "999999999999999"u8];
        Pick(Large, longest);
        Pick(Small, longest);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            Pick(Large, longest);
            Pick(Small, longest);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Pain15_a_number_of_a_large_tariff_is_priced_like_that_of_a_small_one()
    {
        var large = World.Standard with { Tariffs = [Large.Document] };
        var prefix = Prefixes.First(prefix => prefix.Length == 7);

        large.Rate(new CallRecord { Called = $"010{prefix}1234" }).Charge.ShouldBe("7");
    }

    private static PriceRow? Pick(TariffVersion tariff, ReadOnlySpan<byte> e164) => tariff.Pick(CallClass.International, CallKind.Call, CallMode.Ip, null, e164);

    private static TariffVersion Tariff(IReadOnlyCollection<string> prefixes) => Book(Standard with
    {
        Plans = Enumerable.Range(0, 8).ToDictionary(length => $"p{length}", length => Flat(length.ToString(CultureInfo.InvariantCulture), 60)),
        Prices = [.. prefixes.Select(prefix => Row("international", $"p{prefix.Length}", prefix: prefix)), Row("international", "p0")],
    }).Versions[0];
}
