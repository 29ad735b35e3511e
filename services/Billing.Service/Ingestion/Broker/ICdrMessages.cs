namespace Billing.Service.Ingestion.Broker;

/// <summary>Where messages of call records are sent, and where those lie that could not be read.</summary>
internal interface ICdrMessages : IAsyncDisposable
{
    /// <summary>Sends a message; done when the broker has confirmed that it is kept.</summary>
    /// <param name="no">Which message of its file it is, from 1.</param>
    /// <exception cref="IOException">It was not confirmed.</exception>
    Task SendAsync(CdrMessage message, string contentType, ReadOnlyMemory<byte> body, int no, CancellationToken cancel);

    /// <summary>The messages that lie aside, the latest first.</summary>
    Task<IReadOnlyList<DeadMessage>> ListDeadAsync(CancellationToken cancel);

    /// <summary>
    /// Sends messages back to where servers take them in: each leaves when the broker has confirmed that it lies there, so one is there twice rather than lost,
    /// and then counts once all the same.
    /// </summary>
    /// <param name="ids">Which ones; null for all.</param>
    /// <returns>The ids of those sent back.</returns>
    Task<IReadOnlyList<string>> ReplayDeadAsync(IReadOnlyCollection<string>? ids, CancellationToken cancel);
}
