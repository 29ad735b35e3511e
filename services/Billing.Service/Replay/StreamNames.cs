using System.Text;

namespace Billing.Service.Replay;

/// <summary>What one thread knows of streams, found by their names as the database sends them; made when a name is first met.</summary>
/// <param name="make">Makes it; null when the stream is none of ours.</param>
internal sealed class StreamNames<T>(Func<string, T?> make)
    where T : class
{
    private readonly Dictionary<string, T?> _streams = new(StringComparer.Ordinal);

    public T? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > 1024)
        {
            return make(Encoding.UTF8.GetString(name));
        }

        Span<char> buffer = stackalloc char[1024];
        var text = buffer[..Encoding.UTF8.GetChars(name, buffer)];
        var streams = _streams.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!streams.TryGetValue(text, out var found))
        {
            var key = text.ToString();
            _streams.Add(key, found = make(key));
        }

        return found;
    }
}
