using System.Globalization;
using Billing.Contracts.Documents;

namespace Billing.Formats.Containers;

/// <summary>Holds a file to what its last line says. A file that was cut short is not half taken in.</summary>
internal sealed class Trailer(TrailerDocument document)
{
    private readonly Dictionary<string, string?> _header = [];
    private SourceRow? _trailer;
    private bool _hasHeader;
    private long _calls;

    /// <param name="isCall">Whether the profile says that the row is a call.</param>
    /// <exception cref="InvalidDataException">A line stands behind the trailer.</exception>
    public void See(SourceRow row, bool isCall)
    {
        if (_trailer is not null)
        {
            throw new InvalidDataException($"line {row.Line}: a line stands behind the trailer");
        }

        if (row.Layout == document.Layout)
        {
            _trailer = row;
        }
        else if (row.Layout is not null && row.Layout == document.Header && !_hasHeader)
        {
            _hasHeader = true;
            foreach (var column in document.Same ?? [])
            {
                _header[column] = row.Find(column);
            }
        }

        _calls += isCall ? 1 : 0;
    }

    /// <exception cref="InvalidDataException">There is no trailer, or it tells another file.</exception>
    public void Finish()
    {
        if (_trailer is null)
        {
            throw new InvalidDataException("the trailer is missing: the file is cut short");
        }

        if (document.Count is { } count)
        {
            var told = _trailer.Find(count) ?? "";
            if (!long.TryParse(told, NumberStyles.None, CultureInfo.InvariantCulture, out var calls) || calls != _calls)
            {
                throw new InvalidDataException($"line {_trailer.Line}: the trailer tells {told.TrimStart('0').PadLeft(1, '0')} calls, the file holds {_calls}");
            }
        }

        if (document.Header is not null && !_hasHeader)
        {
            throw new InvalidDataException("the header is missing");
        }

        foreach (var (column, told) in _header)
        {
            if (_trailer.Find(column) != told)
            {
                throw new InvalidDataException($"line {_trailer.Line}: {column} of the trailer is '{_trailer.Find(column)}', that of the header '{told}'");
            }
        }
    }
}
