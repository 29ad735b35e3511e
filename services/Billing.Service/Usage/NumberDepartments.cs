using Billing.Contracts.Documents;
using Billing.Rating;
using NodaTime;

namespace Billing.Service.Usage;

/// <summary>To which department each number of a contract belonged, and when.</summary>
internal sealed class NumberDepartments
{
    private static readonly Instant Never = Instant.FromUtc(9999, 1, 1, 0, 0);

    private readonly ILookup<string, Stretch> _stretches;

    public NumberDepartments(ContractDocument contract) =>
        _stretches = contract.Numbers.Where(entry => entry.Department is not null).Select(entry => new Stretch(
            entry.Number, entry.Department!, Tokyo.BeginOf(entry.From), entry.To is { } to ? Tokyo.BeginOf(to) : Never))
            .ToLookup(stretch => stretch.Number, StringComparer.Ordinal);

    /// <summary>A number's time in a department: from an instant to another.</summary>
    public sealed record Stretch(string Number, string Department, Instant From, Instant Before);

    /// <summary>The department of a number at an instant; null when it had none.</summary>
    public string? Of(string? number, Instant at) =>
        number is null ? null : _stretches[number].FirstOrDefault(stretch => stretch.From <= at && at < stretch.Before)?.Department;

    /// <summary>When which numbers belonged to one of these departments.</summary>
    public IReadOnlyList<Stretch> In(IReadOnlyCollection<string> departments) =>
        [.. _stretches.SelectMany(stretches => stretches).Where(stretch => departments.Contains(stretch.Department))];
}
