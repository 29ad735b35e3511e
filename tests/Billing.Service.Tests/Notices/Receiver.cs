using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Billing.Service.Tests.Notices;

/// <summary>Somebody who is told by webhook: a server of their own, that answers the first times with what it is given and then 204.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<HttpStatusCode> _answers;

    private Receiver(WebApplication app, ConcurrentQueue<HttpStatusCode> answers) => (_app, _answers) = (app, answers);

    public ConcurrentQueue<Received> Calls { get; } = new();

    public string Url => $"{_app.Urls.Single()}/hook";

    public static async Task<Receiver> StartAsync(params HttpStatusCode[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app, new ConcurrentQueue<HttpStatusCode>(answers));
        app.MapPost("/hook", (Delegate)receiver.ReceiveAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        Calls.Enqueue(new Received(
            http.Request.Headers["webhook-id"]!, http.Request.Headers["webhook-timestamp"]!, http.Request.Headers["webhook-signature"]!, http.Request.ContentType!, body.ToArray()));
        return Results.StatusCode((int)(_answers.TryDequeue(out var answer) ? answer : HttpStatusCode.NoContent));
    }
}

/// <summary>One call of the receiver.</summary>
internal sealed record Received(string Id, string Timestamp, string Signature, string ContentType, byte[] Body);
