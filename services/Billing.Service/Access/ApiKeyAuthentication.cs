using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using Marten;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using NodaTime;
using Wolverine;

namespace Billing.Service.Access;

/// <summary>
/// A machine shows its key as <c>Authorization: Bearer bill_ID_SECRET</c>. The key is looked up with every request, so that
/// one that is revoked is good no more at once.
/// </summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logging, UrlEncoder encoder, IDocumentStore store, IMessageBus bus, IClock clock)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logging, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Sent(Request) is not { } sent)
        {
            return AuthenticateResult.NoResult();
        }

        await using var session = store.QuerySession();
        var key = await session.LoadAsync<ApiKey>(ApiKey.StreamOf(sent.Key), Context.RequestAborted);
        var now = clock.GetCurrentInstant();
        if (key is null || !key.IsGood(sent.Hash, now))
        {
            return AuthenticateResult.Fail("the key is not good");
        }

        if (key.IsToBeNoted(now))
        {
            await bus.InvokeAsync(new NoteApiKeyUse(key.Key, ClientAddress.Of(Context), now), Context.RequestAborted);
        }

        var principal = AccessClaims.Principal(Scheme.Name, key.Id, $"key:{key.Key}", key.Roles, key.Contracts, []);
        return AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme.Name));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    /// <summary>The key that a request shows; null when it shows none.</summary>
    public static ApiKeySecret? Sent(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
        && header is { Parameter: { } text } && header.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase)
            ? ApiKeySecret.TryRead(text)
            : null;
}

/// <summary>Where a request comes from.</summary>
internal static class ClientAddress
{
    public static string Of(HttpContext http) => http.Connection.RemoteIpAddress is not { } address ? "unknown"
        : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
