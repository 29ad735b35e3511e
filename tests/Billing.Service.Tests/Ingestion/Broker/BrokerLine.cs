using System.Net;
using System.Net.Sockets;

namespace Billing.Service.Tests.Ingestion;

/// <summary>A line to the broker that can be cut and mended; it is cut at first.</summary>
internal sealed class BrokerLine : IAsyncDisposable
{
    private readonly int _port;
    private CancellationTokenSource _cut = new();
    private Task _open = Task.CompletedTask;

    public BrokerLine()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The broker's address at the end of this line.</summary>
    public Uri Address => new UriBuilder(TestBroker.Address) { Host = "127.0.0.1", Port = _port }.Uri;

    public void Mend()
    {
        _cut = new CancellationTokenSource();
        var listener = new TcpListener(IPAddress.Loopback, _port);
        listener.Start();
        _open = ListenAsync(listener, _cut.Token);
    }

    public async Task CutAsync()
    {
        await _cut.CancelAsync();
        await _open;
        _cut.Dispose();
    }

    public async ValueTask DisposeAsync() => await CutAsync();

    private static async Task ListenAsync(TcpListener listener, CancellationToken cut)
    {
        var lines = new List<Task>();
        try
        {
            while (true)
            {
                lines.Add(CarryAsync(await listener.AcceptTcpClientAsync(cut), cut));
            }
        }
        catch (OperationCanceledException)
        {
            listener.Stop();
            await Task.WhenAll(lines);
        }
    }

    private static async Task CarryAsync(TcpClient client, CancellationToken cut)
    {
        using (client)
        using (var broker = new TcpClient())
        {
            try
            {
                await broker.ConnectAsync(TestBroker.Address.Host, TestBroker.Address.Port, cut);
                await Task.WhenAny(client.GetStream().CopyToAsync(broker.GetStream(), cut), broker.GetStream().CopyToAsync(client.GetStream(), cut));
            }
            catch (Exception fault) when (fault is OperationCanceledException or IOException or SocketException)
            {
                // cut
            }
        }
    }
}
