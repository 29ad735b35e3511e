using Billing.Service.Access;

namespace Billing.Service.Api;

/// <summary>What of the contracts a caller may see. What they may not is answered as what does not exist.</summary>
internal static class Visible
{
    /// <inheritdoc cref="Caller.MaySeeWhole"/>
    public static bool Whole(HttpContext http, string contract) => Caller.Of(http).MaySeeWhole(contract);

    /// <summary>
    /// The contracts to which a list is restricted: those of the caller, of these the one that is asked for; null for no restriction.
    /// </summary>
    public static IReadOnlyCollection<string>? Contracts(HttpContext http, string? asked)
    {
        var caller = Caller.Of(http);
        return caller.Departments is not null ? []
            : asked is null ? caller.Contracts
            : caller.MaySee(asked) ? [asked]
            : [];
    }
}
