using Billing.Contracts;
using Billing.Service.Api;
using Billing.Service.Api.Bodies;
using Billing.Service.Api.Describing;
using Billing.Service.Api.Paging;
using Billing.Service.Hosting.Refusals;
using Microsoft.AspNetCore.Mvc;
using Wolverine.Http;

namespace Billing.Service.Access;

/// <summary>A new account; without a password one is made up and answered.</summary>
public sealed record CreateAccountRequest(
    string Name, IReadOnlyList<string> Roles, IReadOnlyList<string>? Contracts = null, IReadOnlyList<string>? Departments = null, string? Password = null);

/// <summary>What an account may do and see from now on.</summary>
public sealed record RolesRequest(IReadOnlyList<string> Roles, IReadOnlyList<string>? Contracts = null, IReadOnlyList<string>? Departments = null);

/// <summary>Another password; without one it is made up and answered.</summary>
public sealed record PasswordRequest(string? Password = null);

public sealed record LockRequest(string Reason);

/// <summary>The account that was made or changed, and the password when one was made up: it is shown this once.</summary>
public sealed record AccountAnswer(string Name, string? Password = null);

/// <summary>
/// <c>/api/v1/accounts</c> and, below <c>/{name}</c>, <c>roles</c>, <c>password</c>, <c>lock</c>, <c>unlock</c> and <c>second-factor</c>: for the operator,
/// and for a customer's administrator as far as the viewers of the own contracts go. Others' accounts are answered 404.
/// </summary>
[Tags("Access")]
public static class AccountEndpoints
{
    private const string Root = ApiRoutes.V1 + "/accounts";

    [ForRoles(Roles.Operator, Roles.CustomerAdmin)]
    [WolverineGet(Root, OperationId = "listAccounts", Summary = "The accounts by name")]
    [ProducesResponseType<Page<AccountView>>(StatusCodes.Status200OK)]
    [Refuses(400)]
    public static async Task<IResult> List(string? limit, string? cursor, HttpContext http, [NotBody] KeepAccounts accounts, CancellationToken cancellation)
    {
        var asked = new Asked();
        var most = asked.Limit(limit);
        var after = asked.Cursor(cursor, 1)?[0] ?? "";
        return asked.Wrong ?? Results.Ok(Page.Of(await accounts.ListAsync(Caller.Of(http), after, most + 1, cancellation), most, entry => [entry.Name]));
    }

    [ForRoles(Roles.Operator, Roles.CustomerAdmin)]
    [WolverineGet(Root + "/{name}", OperationId = "getAccount", Summary = "One account")]
    [ProducesResponseType<AccountView>(StatusCodes.Status200OK)]
    [Refuses(404)]
    public static async Task<IResult> Get(string name, HttpContext http, [NotBody] KeepAccounts accounts, CancellationToken cancellation) =>
        await accounts.FindAsync(name, Caller.Of(http), cancellation) is { } account ? Results.Ok(accounts.View(account)) : NotFound(name);

    [ForRoles(Roles.Operator, Roles.CustomerAdmin)]
    [WolverinePost(Root, OperationId = "createAccount", Summary = "Makes an account")]
    [Takes(typeof(CreateAccountRequest))]
    [ProducesResponseType<AccountAnswer>(StatusCodes.Status201Created)]
    [Refuses(400, 409, 415, 422)]
    public static Task<IResult> Create(HttpContext http, [NotBody] KeepAccounts accounts, CancellationToken cancellation) =>
        JsonBody.WithAsync<CreateAccountRequest>(http, async request =>
        {
            var keeper = Caller.Of(http);
            if (!KeepAccounts.MayKeep(keeper, request.Roles ?? [], request.Contracts ?? []))
            {
                return Problems.Of(OnlyViewers);
            }

            var made = await accounts.CreateAsync(
                request.Name ?? "", request.Roles ?? [], request.Contracts ?? [], request.Departments ?? [], request.Password, keeper.Name, cancellation);
            return made.Refusal is { } refusal ? Problems.Of(refusal) : Results.Created($"{Root}/{made.Name}", new AccountAnswer(made.Name, made.Password));
        }, cancellation);

    [ForRoles(Roles.Operator, Roles.CustomerAdmin)]
    [WolverinePut(Root + "/{name}/roles", OperationId = "setAccountRoles", Summary = "What an account may do and see from now on")]
    [Takes(typeof(RolesRequest))]
    [ProducesResponseType<AccountAnswer>(StatusCodes.Status200OK)]
    [Refuses(400, 404, 409, 415, 422)]
    public static Task<IResult> SetRoles(string name, HttpContext http, [NotBody] KeepAccounts accounts, CancellationToken cancellation) =>
        JsonBody.WithAsync<RolesRequest>(http, request =>
            ChangeAsync(name, http, accounts, keeper =>
                KeepAccounts.MayKeep(keeper, request.Roles ?? [], request.Contracts ?? [])
                    ? accounts.SetRolesAsync(name, request.Roles ?? [], request.Contracts ?? [], request.Departments ?? [], keeper.Name, cancellation)
                    : Task.FromResult(new AccountChanged(OnlyViewers, name)), cancellation), cancellation);

    [ForRoles(Roles.Operator, Roles.CustomerAdmin)]
    [WolverinePut(Root + "/{name}/password", OperationId = "setAccountPassword", Summary = "Gives an account another password")]
    [Takes(typeof(PasswordRequest))]
    [ProducesResponseType<AccountAnswer>(StatusCodes.Status200OK)]
    [Refuses(400, 404, 409, 415, 422)]
    public static Task<IResult> SetPassword(string name, HttpContext http, [NotBody] KeepAccounts accounts, CancellationToken cancellation) =>
        JsonBody.WithAsync<PasswordRequest>(http, request =>
            ChangeAsync(name, http, accounts, keeper => accounts.SetPasswordAsync(name, request.Password, keeper.Name, cancellation), cancellation), cancellation);

    [ForRoles(Roles.Operator, Roles.CustomerAdmin)]
    [WolverinePost(Root + "/{name}/lock", OperationId = "lockAccount", Summary = "Locks an account")]
    [Takes(typeof(LockRequest))]
    [ProducesResponseType<AccountAnswer>(StatusCodes.Status200OK)]
    [Refuses(400, 404, 409, 415, 422)]
    public static Task<IResult> Lock(string name, HttpContext http, [NotBody] KeepAccounts accounts, CancellationToken cancellation) =>
        JsonBody.WithAsync<LockRequest>(http, request =>
            ChangeAsync(name, http, accounts, keeper => accounts.LockAsync(name, request.Reason ?? "", keeper.Name, cancellation), cancellation), cancellation);

    [ForRoles(Roles.Operator, Roles.CustomerAdmin)]
    [WolverinePost(Root + "/{name}/unlock", OperationId = "unlockAccount", Summary = "Unlocks an account")]
    [ProducesResponseType<AccountAnswer>(StatusCodes.Status200OK)]
    [Refuses(404, 409, 422)]
    public static Task<IResult> Unlock(string name, HttpContext http, [NotBody] KeepAccounts accounts, CancellationToken cancellation) =>
        ChangeAsync(name, http, accounts, keeper => accounts.UnlockAsync(name, keeper, cancellation), cancellation);

    [ForRoles(Roles.Operator, Roles.CustomerAdmin)]
    [WolverineDelete(Root + "/{name}/second-factor", OperationId = "removeAccountSecondFactor", Summary = "Takes the second factor from an account")]
    [ProducesResponseType<AccountAnswer>(StatusCodes.Status200OK)]
    [Refuses(404, 409, 422)]
    public static Task<IResult> RemoveSecondFactor(string name, HttpContext http, [NotBody] KeepAccounts accounts, CancellationToken cancellation) =>
        ChangeAsync(name, http, accounts, keeper => accounts.RemoveSecondFactorAsync(name, keeper.Name, cancellation), cancellation);

    private static Refusal OnlyViewers { get; } = AccessRules.Refused($"a customer's administrator keeps accounts with the role {Roles.CustomerViewer} for the own contracts");

    private static async Task<IResult> ChangeAsync(
        string name, HttpContext http, KeepAccounts accounts, Func<Caller, Task<AccountChanged>> change, CancellationToken cancellation)
    {
        var keeper = Caller.Of(http);
        if (await accounts.FindAsync(name, keeper, cancellation) is null)
        {
            return NotFound(name);
        }

        var changed = await change(keeper);
        return changed.Refusal is { } refusal ? Problems.Of(refusal) : Results.Ok(new AccountAnswer(changed.Name, changed.Password));
    }

    private static IResult NotFound(string name) => Problems.NotFound($"There is no account {name}.");
}
