using System.Net;
using System.Net.Http.Json;
using Billing.Service.Tests.Hosting;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Billing.Service.Tests.Access;

/// <summary>A browser at the Billing Station: it keeps cookies, follows no redirect, and sends the token of the form.</summary>
internal sealed class StationBrowser : IDisposable
{
    private readonly Server _server;
    private readonly HttpClient _http;

    public StationBrowser(Server server)
    {
        _server = server;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = server.Anonymous.BaseAddress, Timeout = TimeSpan.FromMinutes(1) };
    }

    public CookieContainer Cookies { get; } = new();

    public Uri Address => _http.BaseAddress!;

    /// <summary>Sends the sign-in form; where it leads to.</summary>
    public async Task<string> SignInAsync(string name, string password, string returnUrl = "/station/here") =>
        await LocationAsync(await PostFormAsync("/station/session", await FormTokenAsync(), ("name", name), ("password", password), ("returnUrl", returnUrl)));

    /// <summary>Sends the form with the code; where it leads to.</summary>
    public async Task<string> SendCodeAsync(string code) =>
        await LocationAsync(await PostFormAsync("/station/session/second-factor", await FormTokenAsync(), ("code", code), ("returnUrl", "/station/here")));

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(path);

    public Task<HttpResponseMessage> PostFormAsync(string path, string? token, params (string Name, string Value)[] fields)
    {
        var form = fields.Select(field => KeyValuePair.Create(field.Name, field.Value));
        return _http.PostAsync(path, new FormUrlEncodedContent(token is null ? form : form.Append(KeyValuePair.Create("__RequestVerificationToken", token))));
    }

    /// <summary>Sends JSON with the session's cookie, and with the token if one is given.</summary>
    public async Task<HttpResponseMessage> SendJsonAsync(HttpMethod method, string path, object body, string? token)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        if (token is not null)
        {
            request.Headers.Add("X-Request-Token", token);
        }

        return await _http.SendAsync(request);
    }

    /// <summary>The status of what only who is signed in gets.</summary>
    public async Task<HttpStatusCode> StatusAsync()
    {
        using var answer = await _http.GetAsync("/api/v1/session");
        return answer.StatusCode;
    }

    /// <summary>The token of the session, as the API gives it.</summary>
    public async Task<string> SessionTokenAsync()
    {
        using var answer = await _http.GetAsync("/api/v1/session");
        return (await answer.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("requestToken").GetString()!;
    }

    /// <summary>The token of a form of a page that anybody may open, with the cookie that goes with it.</summary>
    public async Task<string> FormTokenAsync()
    {
        await using var scope = _server.Services.CreateAsyncScope();
        var page = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        var tokens = scope.ServiceProvider.GetRequiredService<IAntiforgery>().GetAndStoreTokens(page);
        Cookies.SetCookies(Address, page.Response.Headers.SetCookie.ToString());
        return tokens.RequestToken!;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> LocationAsync(HttpResponseMessage answer)
    {
        using (answer)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther, await answer.Content.ReadAsStringAsync());
            return answer.Headers.Location!.ToString();
        }
    }
}
