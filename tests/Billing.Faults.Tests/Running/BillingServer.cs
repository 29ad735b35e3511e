using System.Net;
using System.Net.Sockets;

namespace Billing.Faults.Tests.Running;

/// <summary>A server and the way to it: a process of its own that answers over HTTP to whoever holds the key.</summary>
internal sealed class BillingServer : IDisposable
{
    private readonly HttpClient _http;

    private BillingServer(BillingProcess process, string address, string key)
    {
        Process = process;
        _http = new HttpClient { BaseAddress = new Uri(address) };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    public BillingProcess Process { get; }

    /// <summary>Starts one on a database and waits until it is ready.</summary>
    /// <param name="name">What its connections are called in the database.</param>
    public static Task<BillingServer> StartAsync(FaultDatabase database, string name, string key, params (string Name, string Value)[] settings) =>
        StartAsync(key, address => BillingProcess.Start(
            new Dictionary<string, string>(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
            {
                ["BILLING_DB"] = $"{database.ConnectionString};Application Name={name}",
                ["BILLING_URLS"] = address,
            },
            "serve"));

    /// <param name="start">Starts it on the address that it is given.</param>
    public static async Task<BillingServer> StartAsync(string key, Func<string, BillingProcess> start)
    {
        var address = FreeAddress();
        var server = new BillingServer(start(address), address, key);
        (await Poll.UntilAsync("it is ready", server.IsReadyAsync, () => server.Process.HasEnded)).ShouldBeTrue();
        return server;
    }

    /// <summary>False when it says that it is not, and when it does not answer.</summary>
    public async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync("/health/ready");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Sends a file of calls.</summary>
    /// <param name="isAwaited">False: the answer is not to wait for the receipt.</param>
    /// <param name="isLengthTold">False: it is sent in chunks.</param>
    /// <param name="isKept">False: the connection serves no other request, as one on which a body was refused half way.</param>
    public async Task<HttpStatusCode> PostAsync(byte[] calls, bool isAwaited = true, bool isLengthTold = true, bool isKept = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/cdr-batches?file=calls.csv") { Content = new ByteArrayContent(calls) };
        request.Headers.TransferEncodingChunked = !isLengthTold;
        request.Headers.ConnectionClose = !isKept;
        if (!isAwaited)
        {
            request.Headers.Add("Prefer", "respond-async");
        }

        using var answer = await _http.SendAsync(request);
        return answer.StatusCode;
    }

    /// <summary>The stream of events, which is read to its end.</summary>
    /// <returns>When the stream is open: all of it, as soon as it has ended.</returns>
    public async Task<Task<string>> OpenEventsAsync()
    {
        var answer = await _http.GetAsync("/api/v1/events/stream", HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        return answer.Content.ReadAsStringAsync();
    }

    public void Dispose()
    {
        Process.Dispose();
        _http.Dispose();
    }

    private static string FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return $"http://{listener.LocalEndpoint}";
    }
}
