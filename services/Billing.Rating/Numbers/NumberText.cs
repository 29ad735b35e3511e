using System.Text;

namespace Billing.Rating.Numbers;

/// <summary>
/// Telephone numbers as they are captured, made comparable: width, scheme, spaces, dashes and <c>+81</c> taken away.
/// What is left is ASCII of digits, <c>*</c> and <c>#</c>.
/// </summary>
public static class NumberText
{
    /// <summary>Room for any normalised number that a record may carry; of a longer one the beginning is kept.</summary>
    public const int Capacity = 160;

    /// <summary>Writes the normalised number; returns its length, or -1 when the text is no number.</summary>
    public static int Normalise(ReadOnlySpan<byte> utf8, Span<byte> destination)
    {
        if (Ascii.IsValid(utf8))
        {
            return NormaliseAscii(utf8, destination);
        }

        // U+FFFE is no character: NFKC refuses it, and no number holds it.
        var compatible = Encoding.UTF8.GetString(utf8).Replace('\uFFFE', '?').Normalize(NormalizationForm.FormKC);
        var ascii = compatible.Length <= 512 ? stackalloc byte[compatible.Length] : new byte[compatible.Length];
        for (var i = 0; i < compatible.Length; i++)
        {
            ascii[i] = compatible[i] switch
            {
                >= '\u2010' and <= '\u2015' or '\u2212' or '\u30FC' or '\uFF70' => (byte)'-',
                <= '\u007F' and var c => (byte)c,
                _ => (byte)'?',
            };
        }

        return NormaliseAscii(ascii, destination);
    }

    /// <summary>A number of up to 18 digits as one comparable value; 0 for anything else.</summary>
    public static ulong Key(ReadOnlySpan<byte> number)
    {
        if (number.IsEmpty || number.Length > 18)
        {
            return 0;
        }

        ulong key = 1;
        foreach (var digit in number)
        {
            var value = unchecked((uint)(digit - '0'));
            if (value > 9)
            {
                return 0;
            }

            key = (key * 10) + value;
        }

        return key;
    }

    /// <inheritdoc cref="Key(ReadOnlySpan{byte})"/>
    public static ulong Key(string number)
    {
        if (number.Length > 18)
        {
            return 0;
        }

        Span<byte> ascii = stackalloc byte[18];
        return Encoding.ASCII.TryGetBytes(number, ascii, out var length) ? Key(ascii[..length]) : 0;
    }

    public static bool IsDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');

    private static int NormaliseAscii(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        text = text[SchemeLength(text)..];
        var length = 0;
        var kept = Math.Min(destination.Length, Capacity);
        var position = 0;
        if (SkipFillers(text, ref position) && text[position] == '+')
        {
            position++;
            destination[length++] = (byte)'0';
            if (Take(text, ref position, (byte)'8', (byte)'1'))
            {
                _ = Take(text, ref position, (byte)'0');
            }
            else
            {
                destination[length++] = (byte)'1';
                destination[length++] = (byte)'0';
            }
        }

        while (SkipFillers(text, ref position))
        {
            var c = text[position++];
            if (unchecked((uint)(c - '0')) > 9 && c != '*' && c != '#')
            {
                return -1;
            }

            if (length < kept)
            {
                destination[length++] = c;
            }
        }

        return length == 0 ? -1 : length;
    }

    private static int SchemeLength(ReadOnlySpan<byte> text) =>
        Ascii.EqualsIgnoreCase(text[..Math.Min(4, text.Length)], "tel:"u8) || Ascii.EqualsIgnoreCase(text[..Math.Min(4, text.Length)], "sip:"u8) ? 4
        : Ascii.EqualsIgnoreCase(text[..Math.Min(5, text.Length)], "sips:"u8) ? 5
        : 0;

    /// <summary>Moves on to the next character that counts; false at the end, which <c>@</c> and <c>;</c> are too.</summary>
    private static bool SkipFillers(ReadOnlySpan<byte> text, ref int position)
    {
        while (position < text.Length)
        {
            switch (text[position])
            {
                case (byte)' ' or (byte)'.' or (byte)'(' or (byte)')' or (byte)'-':
                    position++;
                    continue;
                case (byte)'@' or (byte)';':
                    return false;
                default:
                    return true;
            }
        }

        return false;
    }

    private static bool Take(ReadOnlySpan<byte> text, ref int position, params ReadOnlySpan<byte> wanted)
    {
        var at = position;
        foreach (var c in wanted)
        {
            if (!SkipFillers(text, ref at) || text[at] != c)
            {
                return false;
            }

            at++;
        }

        position = at;
        return true;
    }
}
