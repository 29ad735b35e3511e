using System.Runtime.InteropServices;
using System.Text;
using Billing.Contracts;
using Billing.Rating.Invoicing;
using Billing.Rating.Subscriptions;

namespace Billing.Service.Replay;

/// <summary>
/// One thread of a replayed month: says of each call what it was and what it comes to, adds up the latter by contract and
/// lists what differs. What it keeps are sums, not calls.
/// </summary>
internal sealed class RateMonth(ReplayRequest request, ReplayedLog log, RecordedSide old, OtherSide other, ReplayFiles? files) : ITakeCalls
{
    private readonly StreamNames<ReplayedStream> _streams = new(name => ReplayedStream.Of(name, request.Month, log));
    private readonly StringBuilder _rows = new();

    /// <summary>The usage of each contract, without its limit.</summary>
    public Dictionary<Contract, MonthUsage> Usage { get; } = [];

    /// <summary>Streams other than its own from which a contract got calls.</summary>
    public Dictionary<string, HashSet<string>> Donors { get; } = new(StringComparer.Ordinal);

    /// <summary>Calls recorded after the month's invoice of their contract.</summary>
    public Dictionary<string, long> Late { get; } = new(StringComparer.Ordinal);

    /// <summary>How many calls differ, by the kind of difference.</summary>
    public Dictionary<string, long> Changes { get; } = new(StringComparer.Ordinal);

    public long Calls { get; private set; }

    /// <summary>The exact sum of the differences in charge.</summary>
    public Yen ChargeDifference { get; private set; }

    public void Take(in LoggedCall call)
    {
        var stream = _streams.Find(call.Stream)!;
        if (call.Version >= stream.Cut)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Late, stream.Contract!, out _)++;
            return;
        }

        if (stream.ReleasedAt(call.Id) is { } released && (request.AsOf is not { } at || released <= at))
        {
            return;
        }

        old.Take(call, stream);
        other.Take(call, stream);
        if (old.Status == CallStatus.Released && other.Status == CallStatus.NotRecorded)
        {
            // a call since, and nothing at the instant: only the event that recorded it is looked at
            return;
        }

        if (request.Contract is { } only && ContractOf(old.Status, old.Call) != only && ContractOf(other.Status, other.Call) != only)
        {
            return;
        }

        Calls++;
        Count(call, stream);
        Compare(call);
    }

    public void Finish(int piece)
    {
        files?.Calls.Write(piece, _rows);
        _rows.Clear();
    }

    private static string? ContractOf(CallStatus status, in Billing.Rating.Calls.RatedCall call) =>
        status is CallStatus.Rated or CallStatus.Unanswered ? call.Contract?.Id : null;

    private void Count(in LoggedCall call, ReplayedStream stream)
    {
        if (other.Status is not (CallStatus.Rated or CallStatus.Unanswered) || other.Call.Contract is not { } contract || other.Call.UsageMonth != request.Month
            || (request.Contract is { } only && contract.Id != only))
        {
            return;
        }

        ref var usage = ref CollectionsMarshal.GetValueRefOrAddDefault(Usage, contract, out _);
        usage ??= new MonthUsage(null);
        usage.Add(other.Call, other.AnsweredMs ?? 0, call.Stored.Row.Source, call.Stored.Row.RecordId);
        if (stream.Contract != contract.Id)
        {
            if (!Donors.TryGetValue(contract.Id, out var donors))
            {
                Donors.Add(contract.Id, donors = new HashSet<string>(StringComparer.Ordinal));
            }

            donors.Add(stream.Name);
        }
    }

    private void Compare(in LoggedCall call)
    {
        var change = CallChange.Of(old, other);
        if (change is not null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(Changes, change, out _)++;
            ChargeDifference += CallsCsv.ChargeOf(other.Status, other.Call) - CallsCsv.ChargeOf(old.Status, old.Call);
        }

        if (files is not null && (change is not null || files.EveryCall))
        {
            CallsCsv.Write(_rows, call.Stored.Row, change, old, other);
        }
    }
}
