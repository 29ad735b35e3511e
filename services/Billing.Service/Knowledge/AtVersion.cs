using Marten;

namespace Billing.Service.Knowledge;

/// <summary>A contract, tariff or reference as its stream had made it at a version.</summary>
internal static class AtVersion
{
    /// <param name="version">Null for the latest.</param>
    /// <param name="versionOf">The version that a state is of.</param>
    /// <returns>Null when there is no such stream, or it has not come to that version.</returns>
    public static async Task<T?> FindAsync<T>(IQuerySession session, string stream, long? version, Func<T, long> versionOf, CancellationToken cancellation)
        where T : class
    {
        var state = await session.Events.AggregateStreamAsync<T>(stream, version ?? 0, token: cancellation);
        return state is null || (version is { } asked && versionOf(state) != asked) ? null : state;
    }
}
