using CsCheck;

namespace Billing.Rating.Tests;

/// <summary>Checks a law on a fixed sequence of generated cases: the seed decides every one of them.</summary>
internal static class Law
{
    public static void Holds<T>(Gen<T> cases, string seed, int count, Action<T> law)
    {
        var random = PCG.Parse(seed);
        for (var i = 0; i < count; i++)
        {
            var state = random.State;
            var example = cases.Generate(random, null, out _);
            try
            {
                law(example);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"Case {i}, seed {random.ToString(state)}: {Check.Print(example)}", fault);
            }
        }
    }
}
