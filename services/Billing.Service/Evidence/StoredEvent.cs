namespace Billing.Service.Evidence;

/// <summary>An event as it lies in the log; its data as the database writes it.</summary>
internal readonly record struct StoredEvent(long Version, Guid Id, DateTime Timestamp, string Type, byte[] Data)
{
    /// <inheritdoc cref="EventDigest"/>
    public byte[] Digest() => EventDigest.Of(Version, Id, Timestamp, Type, Data);
}
