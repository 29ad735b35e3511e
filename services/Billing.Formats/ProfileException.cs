namespace Billing.Formats;

/// <summary>A profile contradicts itself; becomes the fault that its reader is told.</summary>
internal sealed class ProfileException(string path, string reason) : Exception(reason)
{
    public string Path { get; } = path;
}
