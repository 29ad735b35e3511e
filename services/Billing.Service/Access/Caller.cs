using System.Security.Claims;

namespace Billing.Service.Access;

/// <summary>Who asks, by session or by key, and what of the customers they may see.</summary>
/// <param name="Name">The account, or the key as <c>key:ID</c>; empty when nobody is signed in.</param>
/// <param name="Roles">See <see cref="Access.Roles"/>.</param>
/// <param name="Contracts">The contracts that may be seen; null is all of them, for staff.</param>
/// <param name="Departments">The departments of numbers that may be seen; null is all.</param>
public sealed record Caller(string Name, IReadOnlyList<string> Roles, IReadOnlyList<string>? Contracts, IReadOnlyList<string>? Departments)
{
    /// <summary>The caller of a request.</summary>
    public static Caller Of(HttpContext http) => Of(http.User);

    /// <summary>The caller as their claims tell it.</summary>
    public static Caller Of(ClaimsPrincipal user)
    {
        string[] roles = [.. Values(user, AccessClaims.Role)];
        string[] contracts = [.. Values(user, AccessClaims.Contract)];
        string[] departments = [.. Values(user, AccessClaims.Department)];
        return new Caller(
            user.Identity is { IsAuthenticated: true, Name: { } name } ? name : "",
            roles,
            roles.Length == 0 || contracts.Length > 0 || roles.Any(Access.Roles.IsCustomer) ? contracts : null,
            departments.Length == 0 ? null : departments);
    }

    /// <summary>True when nobody is signed in.</summary>
    public bool IsNobody => Name.Length == 0;

    /// <summary>True for somebody who sees the contracts of a customer and no others.</summary>
    public bool IsCustomer => Contracts is not null;

    /// <summary>True when the contract may be seen; another's is answered as one that does not exist.</summary>
    public bool MaySee(string contract) => Contracts is null || Contracts.Contains(contract);

    /// <summary>
    /// True when the whole of the contract may be seen: its invoices, its sums. Who is restricted to departments sees single calls of these.
    /// </summary>
    public bool MaySeeWhole(string contract) => Departments is null && MaySee(contract);

    /// <summary>True when numbers of the department may be seen; null is a number without a department.</summary>
    public bool MaySeeDepartment(string? department) => Departments is null || (department is not null && Departments.Contains(department));

    /// <summary>True when the caller has the role.</summary>
    public bool Is(string role) => Roles.Contains(role);

    private static IEnumerable<string> Values(ClaimsPrincipal user, string type) => user.FindAll(type).Select(claim => claim.Value).Distinct(StringComparer.Ordinal);
}

/// <summary>The claims of a caller, however they came in.</summary>
public static class AccessClaims
{
    public const string Name = "name";
    public const string Role = "role";
    public const string Contract = "contract";
    public const string Department = "department";

    /// <summary>Who it is, for good: <c>account:NAME</c>, <c>key:ID</c> or the subject of an identity provider.</summary>
    public const string Subject = "sub";

    /// <summary>An account's security stamp, in the session.</summary>
    public const string Stamp = "stamp";

    /// <summary>One session of an account.</summary>
    public const string Session = "session";

    /// <summary>A signed-in caller of these roles.</summary>
    public static ClaimsPrincipal Principal(
        string scheme, string subject, string name, IEnumerable<string> roles, IEnumerable<string> contracts, IEnumerable<string> departments, params IEnumerable<Claim> more)
    {
        Claim[] claims =
        [
            new(Subject, subject),
            new(Name, name),
            .. roles.Select(role => new Claim(Role, role)),
            .. contracts.Select(contract => new Claim(Contract, contract)),
            .. departments.Select(department => new Claim(Department, department)),
            .. more,
        ];
        return new ClaimsPrincipal(new ClaimsIdentity(claims, scheme, Name, Role));
    }
}
