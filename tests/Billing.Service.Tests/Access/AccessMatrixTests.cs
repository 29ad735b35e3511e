using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Billing.Service.Access;
using Billing.Service.Tests.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Billing.Service.Tests.Access;

/// <summary>Every endpoint and page that routing knows, called with every role, with none, and by nobody.</summary>
public sealed partial class AccessMatrixTests(ServedDatabase served) : IClassFixture<ServedDatabase>
{
    [Fact]
    public void The_table_names_every_endpoint_and_nothing_else() =>
        Routes().Select(route => route.Name).Order(StringComparer.Ordinal).ShouldBe(ExpectedAccess.Table.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public async Task Every_endpoint_lets_in_whom_the_table_names_and_nobody_else()
    {
        var wrong = new List<string>();
        foreach (var (who, client) in await ClientsAsync())
        {
            using (client)
            {
                foreach (var (name, method, path) in Routes())
                {
                    var expected = ExpectedAccess.Table.GetValueOrDefault(name, []);
                    using var request = new HttpRequestMessage(new HttpMethod(method), path);
                    if (method is not "GET")
                    {
                        request.Content = JsonContent.Create(new { });
                    }

                    // a stream of events has no end
                    using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                    if (Verdict(answer) != Expected(expected, who))
                    {
                        wrong.Add($"{who}: {name} answers {(int)answer.StatusCode}, expected: {Expected(expected, who)}");
                    }
                }
            }
        }

        wrong.ShouldBeEmpty();
    }

    private static string Expected(string[] allowed, string who) =>
        allowed == ExpectedAccess.Anybody || allowed.Contains(who) ? "let in" : who == "nobody" ? "who are you" : "refused";

    private static string Verdict(HttpResponseMessage answer) => answer.StatusCode switch
    {
        HttpStatusCode.Unauthorized => "who are you",
        HttpStatusCode.Redirect when Path(answer.Headers.Location!).StartsWith("/station/sign-in", StringComparison.Ordinal) => "who are you",
        HttpStatusCode.Forbidden => "refused",
        >= HttpStatusCode.InternalServerError and not HttpStatusCode.ServiceUnavailable => "broke",
        _ => "let in",
    };

    private static string Path(Uri location) => location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString;

    private async Task<IReadOnlyList<(string Who, HttpClient Client)>> ClientsAsync()
    {
        var clients = new List<(string, HttpClient)>();
        foreach (var role in Roles.All)
        {
            clients.Add((role, await served.Server.ClientAsync([role], Roles.IsCustomer(role) ? ["C-none"] : [])));
        }

        // no such key can be made; one is put into the log to see that a caller without a role gets nowhere
        var key = ApiKeySecret.New();
        var now = SystemClock.Instance.GetCurrentInstant();
        await using var session = served.Database.Store.LightweightSession();
        session.Events.StartStream<ApiKey>(ApiKey.StreamOf(key.Key), new ApiKeyMade(key.Key, "no role", [], [], key.Hash, now + Duration.FromDays(1), "test", now));
        await session.SaveChangesAsync();
        var none = served.Server.Browser();
        none.DefaultRequestHeaders.Authorization = new("Bearer", key.Text);
        clients.Add(("no role", none));
        clients.Add(("nobody", served.Server.Browser()));
        return clients;
    }

    /// <summary>Each method of each route, with something in place of each parameter.</summary>
    private IReadOnlyList<(string Name, string Method, string Path)> Routes() =>
    [
        .. served.Server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])
                .Select(method => (
                    $"{method} /{endpoint.RoutePattern.RawText!.TrimStart('/')}",
                    method == "*" ? "GET" : method,
                    Parameter().Replace("/" + endpoint.RoutePattern.RawText.TrimStart('/'), "1"))))
            .Distinct(),
    ];

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();
}
