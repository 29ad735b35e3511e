using System.Globalization;
using System.Text.Json;
using Billing.Contracts;
using Billing.Contracts.Events;
using Billing.Service.Invoicing;
using Billing.Service.Usage;
using Npgsql;

namespace Billing.Service.Evidence;

/// <summary>Recomputes the hash chain of every usage stream up to each closing, event by event, and what the closings say of themselves.</summary>
internal sealed class VerifyChains(NpgsqlConnection connection, Findings findings, IProgress<long>? progress, CancellationToken cancel) : IDisposable
{
    public const string Links = "closings seal the events of the usage streams";
    public const string Closings = "closings say what the usage streams hold";

    private const int StreamsAtATime = 1000;

    /// <summary>A call that was taken back counts no more.</summary>
    private const string CallVoided = EventTypes.CallVoided;

    private const string UsageStreamIds =
        $"""
        select id from {BillingStore.Schema}.mt_streams
        where id like 'usage-%' and ($1::text is null or right(id, 7) = $1) order by id collate "C"
        """;

    // the lateral query with its offset keeps the plan at one index look-up per stream and the rows in order
    private const string Events =
        $"""
        select s.id, event.version, event.id, event.timestamp, event.type, event.data
        from unnest($1::varchar[]) as s(id)
        cross join lateral (
          select e.version, e.id, e.timestamp, e.type, e.data from {BillingStore.Schema}.mt_events e
          where e.stream_id = s.id order by e.version offset 0) event
        """;

    private readonly StreamChain _chain = new();
    private string _stream = "";
    private Link _link;
    private long _events;
    private long _calls;

    /// <summary>Events behind the last closing of their stream.</summary>
    public long Unsealed { get; private set; }

    public async Task RunAsync(UsageMonth? month)
    {
        findings.Compared(Links, 0);
        findings.Compared(Closings, 0);
        foreach (var streams in (await IdsAsync(connection, UsageStreamIds, month, cancel)).Chunk(StreamsAtATime))
        {
            await ReadAsync(streams);
            progress?.Report(_events);
        }

        Unsealed += _link.Count;
    }

    public void Dispose() => _chain.Dispose();

    /// <summary>The ids of streams that a query lists, of one month or of all.</summary>
    public static async Task<List<string>> IdsAsync(NpgsqlConnection connection, string sql, UsageMonth? month, CancellationToken cancel)
    {
        var ids = new List<string>();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.Add(MonthText(month));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            ids.Add(reader.GetString(0));
        }

        return ids;
    }

    /// <summary>The month as stream names end with it.</summary>
    public static NpgsqlParameter MonthText(UsageMonth? month) =>
        new() { Value = (object?)month?.ToString() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text };

    private async Task ReadAsync(string[] streams)
    {
        await using var command = new NpgsqlCommand(Events, connection) { CommandTimeout = 0 };
        command.Parameters.Add(new NpgsqlParameter { Value = streams });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (reader.GetString(0) is var stream && stream != _stream)
            {
                BeginStream(stream);
            }

            Take(new StoredEvent(reader.GetInt64(1), reader.GetGuid(2), reader.GetDateTime(3), reader.GetString(4), reader.GetFieldValue<byte[]>(5)));
        }
    }

    private void BeginStream(string stream)
    {
        Unsealed += _link.Count;
        _stream = stream;
        _calls = 0;
        _link = new Link { From = 1 };
        _chain.Begin(stream);
    }

    private void Take(in StoredEvent happened)
    {
        _events++;
        if (happened.Type == EventTypes.UsageMonthClosed)
        {
            Close(happened);
            return;
        }

        _calls += happened.Type switch
        {
            EventTypes.CallRecorded => 1,
            CallVoided => -1,
            _ => 0,
        };
        Seal(happened);
    }

    private void Seal(in StoredEvent happened)
    {
        _chain.Add(happened.Digest());
        _link.Add(happened);
    }

    /// <summary>Compares what the closing sealed with what is there, and begins the next link with the closing itself.</summary>
    private void Close(in StoredEvent happened)
    {
        findings.Compared(Links);
        findings.Compared(Closings);
        var closed = Read(happened.Data);
        if (closed is null)
        {
            findings.Add(new BrokenLink(Closings, _stream, happened.Version, happened.Version, "a closing", "data that is none", happened.Id));
        }
        else
        {
            if (_chain.Digest() is var found && found != closed.Digest)
            {
                findings.Add(new BrokenLink(
                    Links, _stream, _link.From, happened.Version - 1, Quoted(closed.Digest), found + _link.MissingUpTo(happened.Version), _link.OnlyEvent(happened.Version)));
            }

            Compare(happened, closed);
        }

        _link = new Link { From = happened.Version };
        _chain.BeginAfter(closed?.Digest ?? "");
        Seal(happened);
    }

    private void Compare(in StoredEvent happened, UsageMonthClosed closed)
    {
        var stream = UsageStreams.Of(closed.Contract, closed.Month);
        var id = InvoiceKeys.ClosedId(closed.Contract, closed.Month, closed.Invoice);
        if (stream != _stream)
        {
            Wrong(happened, _stream, $"a closing of {stream}");
        }
        else if (happened.Id != id)
        {
            Wrong(happened, $"the id {id} of a closing by invoice {closed.Invoice}", $"{happened.Id}");
        }

        // an invoice says how many calls there were; a document that corrects one says what it takes back
        var isInvoice = closed.Invoice.Length == 7 + closed.Contract.Length && closed.Invoice.EndsWith($"-{closed.Contract}", StringComparison.Ordinal);
        if (isInvoice && closed.Calls + closed.Unanswered != _calls)
        {
            Wrong(happened, Counted(closed.Calls + closed.Unanswered), Counted(_calls));
        }
    }

    private void Wrong(in StoredEvent happened, string expected, string found) =>
        findings.Add(new BrokenLink(Closings, _stream, happened.Version, happened.Version, expected, found, happened.Id));

    private static string Counted(long calls) => string.Create(CultureInfo.InvariantCulture, $"{calls} calls");

    private static string Quoted(string digest) => digest.Length == 0 ? "no digest" : digest;

    private static UsageMonthClosed? Read(byte[] data)
    {
        try
        {
            var closed = JsonSerializer.Deserialize<UsageMonthClosed>(data, BillingStore.Json);
            return closed?.Contract is null || closed.Invoice is null || closed.Digest is null ? null : closed;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The events since the closing before.</summary>
    private struct Link
    {
        private Guid _first;
        private long _missing;
        private long _last;

        /// <summary>The version of the first event.</summary>
        public long From { get; init; }

        public long Count { get; private set; }

        public void Add(in StoredEvent happened)
        {
            NoteMissing(happened.Version);
            _first = Count == 0 ? happened.Id : _first;
            _last = happened.Version;
            Count++;
        }

        /// <summary>Names the first event that is missing before the closing, if any is.</summary>
        public string MissingUpTo(long closing)
        {
            NoteMissing(closing);
            return _missing == 0 ? "" : $" (event {_missing} is missing)";
        }

        public readonly Guid? OnlyEvent(long closing) => Count == 1 && closing == From + 1 ? _first : null;

        private void NoteMissing(long next)
        {
            var expected = Count == 0 ? From : _last + 1;
            if (_missing == 0 && next != expected)
            {
                _missing = expected;
            }
        }
    }
}
