using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Billing.Service.Access;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Service.Tests.Access;

/// <summary>A body that is JSON and says nothing is the caller's mistake, at every endpoint that takes one.</summary>
public sealed partial class NullBodyTests(ServedDatabase served) : IClassFixture<ServedDatabase>
{
    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("")]
    public async Task A_body_without_content_breaks_no_endpoint(string body)
    {
        using var staff = await served.Server.ClientAsync([Roles.Pipeline, Roles.Finance, Roles.Dispute, Roles.Auditor, Roles.Operator]);
        var answers = new List<string>();
        foreach (var (method, path) in Writing())
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            using var answer = await staff.SendAsync(request);
            answers.Add($"{method} {path}: {(int)answer.StatusCode}");
        }

        answers.Count.ShouldBeGreaterThan(25);
        answers.Where(answer => answer[^3] == '5').ShouldBeEmpty();
        foreach (var strict in (string[])["POST /api/v1/accounts: 400", "PUT /api/v1/accounts/1/roles: 400", "PUT /api/v1/accounts/1/password: 400", "POST /api/v1/accounts/1/lock: 400", "POST /api/v1/keys: 400",
            "POST /api/v1/keys/1/rotation: 400", "POST /api/v1/keys/1/revocation: 400", "POST /api/v1/calls/1/1/reveal: 400", "PUT /api/v1/session/password: 400", "POST /api/v1/session/second-factor/confirmation: 400"])
        {
            answers.ShouldContain(strict);
        }
    }

    private IEnumerable<(string Method, string Path)> Writing() =>
        served.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal))
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [])
                .Where(method => method is "POST" or "PUT")
                .Select(method => (method, Parameter().Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), "1"))));

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
