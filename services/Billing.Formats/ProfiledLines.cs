using Billing.Formats.Containers;

namespace Billing.Formats;

/// <summary>The lines of <c>cdr v1</c> that rows become by a profile.</summary>
public sealed class ProfiledLines(Func<ProfiledRow?> next) : ICdrLines
{
    public long LineNumber => Row?.Line ?? 0;

    public bool IsCut => false;

    public long Position { get; private set; }

    public ProfiledRow? Row { get; private set; }

    /// <summary>The lines that a reader makes.</summary>
    public static ProfiledLines Of(ProfileReader reader) => new(() => reader.TryRead(out var row) ? row : null);

    public bool TryRead(out ReadOnlySpan<byte> line)
    {
        Row = next();
        line = Row is { Texts.Count: > 0 } ? CdrLine.Write(Row.Texts) : default;
        Position += Row is null ? 0 : 1;
        return Row is not null;
    }
}
