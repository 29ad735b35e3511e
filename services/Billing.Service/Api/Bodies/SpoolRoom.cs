using System.Globalization;
using Billing.Service.Access;
using Billing.Service.Hosting;
using Billing.Service.Ingestion;

namespace Billing.Service.Api.Bodies;

/// <summary>
/// The room for bodies of call records. A body is taken only when it can be kept: so many bodies and bytes may lie in the spool, those that are being
/// sent counted with what they say they will be, and the disk must hold them. What other processes keep and take, or was kept before this one began, lies in the same folder
/// and counts too: a body has its file, as long as its room, before it is asked whether all have room, so of two processes at the last place at most one has it. So many
/// batches are taken in at a time; the others wait as files, not in memory.
/// </summary>
public sealed class SpoolRoom : IDisposable
{
    /// <summary>A body whose length is not told is given room by and by.</summary>
    private const long Step = 1 << 20;

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(10);

    private readonly SpoolSettings _settings;
    private readonly SemaphoreSlim _turns;
    private readonly SpoolPace _pace;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Place> _places = new(StringComparer.Ordinal);

    public SpoolRoom(BillingSettings settings, TimeProvider clock)
    {
        _pace = new SpoolPace(clock);
        _settings = SpoolSettings.Of(settings);
        _turns = new SemaphoreSlim(_settings.AtOnce);
    }

    /// <summary>Where bodies lie.</summary>
    public string Folder => _settings.Folder;

    public void Dispose() => _turns.Dispose();

    /// <summary>Waits until one of the batches at work is done; the body is done and the next one's turn comes when the answer is disposed.</summary>
    internal async Task<IDisposable> TurnAsync(Place place, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation);
        return new Turn(this, place.Written);
    }

    /// <summary>Room for a body, or what to answer: 413 when it never fits, 429 when it does not now, 507 when the disk has no room.</summary>
    /// <param name="length">How long the body is; null when its sender does not say.</param>
    internal (Place? Place, IResult? Wrong) TryTake(long? length)
    {
        if (length > _settings.MostBytes)
        {
            return (null, TooLarge());
        }

        Directory.CreateDirectory(Folder);
        lock (_lock)
        {
            var place = new Place(this, Path.Combine(Folder, $"{Guid.NewGuid():N}.part"));
            if (TryBegin(place, length ?? 0) is not { } wrong)
            {
                return (place, null);
            }

            place.Dispose();
            return (null, wrong);
        }
    }

    private IResult? TryBegin(Place place, long length)
    {
        try
        {
            using var file = new FileStream(place.File, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            _places.Add(Path.GetFileName(place.File), place);
            return TryReserve(place, file, length);
        }
        catch (IOException fault) when (SpooledBody.IsFullDisk(fault))
        {
            return SpooledBody.FullDisk();
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>Room for so many bytes in all, or what to answer.</summary>
    private IResult? TryGrow(Place place, FileStream file, long written)
    {
        lock (_lock)
        {
            if (written > _settings.MostBytes)
            {
                return TooLarge();
            }

            if (written > place.Reserved && TryReserve(place, file, written + Step) is not null && TryReserve(place, file, written) is { } wrong)
            {
                return wrong;
            }

            place.Written = written;
            return null;
        }
    }

    /// <summary>The file shows its room to all processes before it is asked whether it has it, and shows what it had when it does not.</summary>
    private IResult? TryReserve(Place place, FileStream file, long length)
    {
        var before = place.Reserved;
        file.SetLength(place.Reserved = length);
        var wrong = Refuse();
        if (wrong is not null)
        {
            file.SetLength(place.Reserved = before);
        }

        return wrong;
    }

    /// <summary>All of the body is here.</summary>
    private void Complete(Place place, FileStream file)
    {
        lock (_lock)
        {
            file.SetLength(place.Reserved = place.Written);
        }
    }

    /// <summary>From now on the file counts by itself.</summary>
    private void Keep(Place place, string path)
    {
        lock (_lock)
        {
            File.Move(place.File, path, overwrite: true);
            _places.Remove(Path.GetFileName(place.File));
        }
    }

    private void Leave(Place place)
    {
        lock (_lock)
        {
            _places.Remove(Path.GetFileName(place.File));
            File.Delete(place.File);
        }
    }

    /// <summary>What to answer when there is no room for all that are here and come.</summary>
    private IResult? Refuse()
    {
        var (bodies, bytes) = Count();
        if (bodies > _settings.MostBodies || bytes > _settings.MostBytes)
        {
            return new TryAgain(_pace.SecondsUntilLeft(bodies - _settings.MostBodies, bytes - _settings.MostBytes));
        }

        var promised = _places.Values.Sum(place => Math.Max(0, place.Reserved - place.Written));
        return new DriveInfo(Folder).AvailableFreeSpace - promised < _settings.Free ? SpooledBody.FullDisk() : null;
    }

    /// <summary>The bodies that are here and come, and their bytes.</summary>
    private (int Bodies, long Bytes) Count()
    {
        var (bodies, bytes) = (_places.Count, _places.Values.Sum(place => place.Reserved));
        var waiting = new Dictionary<string, long>(StringComparer.Ordinal);
        var dead = DateTime.UtcNow - _settings.LongestRequest - Margin;
        foreach (var file in new DirectoryInfo(Folder).EnumerateFiles())
        {
            if (_places.ContainsKey(file.Name) || !file.Exists)
            {
                continue;
            }

            if (file.Extension == ".part" && file.LastWriteTimeUtc < dead)
            {
                // its request ended with its process
                file.Delete();
                continue;
            }

            bodies++;
            bytes += file.Length;
            if (file.Extension == BatchSpool.Ending)
            {
                waiting.Add(file.Name, file.Length);
            }
        }

        _pace.See(waiting, isEmpty: bodies <= 1);
        return (bodies, bytes);
    }

    private IResult TooLarge() => Results.Problem(
        detail: $"A body of more than {_settings.MostBytes} bytes is never taken; send it in parts.", statusCode: StatusCodes.Status413PayloadTooLarge);

    /// <summary>The room of one body, until it is given back.</summary>
    internal sealed class Place(SpoolRoom room, string file) : IDisposable
    {
        /// <summary>The file that the body goes to.</summary>
        public string File => file;

        internal long Reserved { get; set; }

        internal long Written { get; set; }

        /// <summary>Tells how much of the body will be in the file next; what to answer when there is no room for so much.</summary>
        public IResult? Grow(FileStream file, long written) => room.TryGrow(this, file, written);

        /// <summary>Tells that all of it is in the file.</summary>
        public void Complete(FileStream file) => room.Complete(this, file);

        /// <summary>Gives the file another name in the folder and the place back.</summary>
        public void KeepAs(string path) => room.Keep(this, path);

        public void Dispose() => room.Leave(this);
    }

    private sealed class Turn(SpoolRoom room, long bytes) : IDisposable
    {
        public void Dispose()
        {
            room._turns.Release();
            lock (room._lock)
            {
                room._pace.Left(bytes);
            }
        }
    }

    private sealed class TryAgain(int seconds) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
            return Results.Problem(
                detail: "As many call records wait as can be kept; nothing of this body was. Send it again after the seconds of Retry-After.",
                statusCode: StatusCodes.Status429TooManyRequests).ExecuteAsync(httpContext);
        }
    }
}
