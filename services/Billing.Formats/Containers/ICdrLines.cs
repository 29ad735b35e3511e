namespace Billing.Formats.Containers;

/// <summary>Lines of <c>cdr v1</c>, one after another: those of a file that is written so, or those that a profile makes of another one.</summary>
public interface ICdrLines
{
    /// <summary>The line of the file that the line read last is of, from 1.</summary>
    long LineNumber { get; }

    /// <summary>True when the line read last was longer than a line may be.</summary>
    bool IsCut { get; }

    /// <summary>How far reading has come: grows with every line.</summary>
    long Position { get; }

    /// <summary>What the profile made of the row; null in a file of <c>cdr v1</c>.</summary>
    ProfiledRow? Row { get; }

    /// <summary>The next line without its line end, empty when the row is no call; it stays valid until the next call.</summary>
    /// <exception cref="InvalidDataException">The file is no text, is damaged, or its trailer does not match.</exception>
    bool TryRead(out ReadOnlySpan<byte> line);
}
