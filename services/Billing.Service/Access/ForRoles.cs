using Microsoft.AspNetCore.Authorization;

namespace Billing.Service.Access;

/// <summary>
/// Who may call an endpoint or open a page: whoever has one of these roles. What carries neither this nor
/// <see cref="AllowAnonymousAttribute"/> is refused to everybody.
/// </summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class ForRolesAttribute(params string[] roles) : Attribute, IAuthorizeData
{
    /// <summary>The roles, see <see cref="Access.Roles"/>.</summary>
    public IReadOnlyList<string> Roles { get; } = roles;

    string? IAuthorizeData.Policy { get; set; }

    string? IAuthorizeData.Roles { get; set; } = string.Join(',', roles);

    string? IAuthorizeData.AuthenticationSchemes { get; set; }
}
