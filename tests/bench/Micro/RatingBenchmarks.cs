using System.Text;
using BenchmarkDotNet.Attributes;
using Billing.Contracts;
using Billing.Rating.Calls;
using Billing.Rating.Records;
using Billing.Service.Ingestion;

namespace Billing.Bench.Micro;

/// <summary>What one call costs on one core, step by step. Each step goes over the same mix of calls of 10,000 contracts.</summary>
[MemoryDiagnoser]
public class RatingBenchmarks
{
    private const int Rows = 20_000;

    private readonly byte[][] _lines = new byte[Rows][];
    private readonly Facts[] _facts = new Facts[Rows];
    private CdrParser _parser = null!;
    private CallRater _rater = null!;
    private RatedCall _call;

    [GlobalSetup]
    public void Setup()
    {
        var workload = new Workload(contracts: 10_000);
        _rater = workload.Rater();
        _parser = CdrParser.ForCsv(Encoding.UTF8.GetBytes(Workload.Header)).Parser!;
        var count = 0;
        foreach (var line in workload.Lines(2 * Rows).Select(Encoding.UTF8.GetBytes))
        {
            var row = _parser.Parse(line);
            if (count < Rows && row.Reject == RejectReason.None)
            {
                _lines[count] = line;
                _facts[count++] = new Facts(row);
            }
        }
    }

    /// <summary>The rating function alone: who pays, class, price, disconnect tail.</summary>
    [Benchmark(Description = "rate", OperationsPerInvoke = Rows)]
    public long Rate()
    {
        long units = 0;
        for (var i = 0; i < _facts.Length; i++)
        {
            _rater.Rate(_facts[i].ToFacts(), ref _call);
            units += _call.Units;
        }

        return units;
    }

    /// <summary>The parser alone: a CSV line taken apart, checked, its numbers normalised.</summary>
    [Benchmark(Description = "parse", OperationsPerInvoke = Rows)]
    public long Parse()
    {
        long sum = 0;
        foreach (var line in _lines)
        {
            sum += _parser.Parse(line).EndedMs;
        }

        return sum;
    }

    /// <summary>The whole row: parsed, made known by its identity, rated.</summary>
    [Benchmark(Description = "parse, identify, rate", OperationsPerInvoke = Rows)]
    public long WholeRow()
    {
        long sum = 0;
        foreach (var line in _lines)
        {
            var row = _parser.Parse(line);
            sum += (long)(CallIdentity.Of(row).Content & 1);
            _rater.Rate(row.Facts, ref _call);
            sum += _call.Units;
        }

        return sum;
    }

    /// <summary>The facts of a parsed row, kept beyond the row.</summary>
    private readonly struct Facts
    {
        private readonly CallKind _kind;
        private readonly CallMode _mode;
        private readonly EndCause _endCause;
        private readonly Device _device;
        private readonly long _startedMs;
        private readonly long? _answeredMs;
        private readonly long _endedMs;
        private readonly long? _speechLostMs;
        private readonly byte[] _paying;
        private readonly byte[] _called;
        private readonly byte[] _appVersion;

        public Facts(in CdrRow row)
        {
            (_kind, _mode, _endCause, _device) = (row.Kind, row.Mode, row.EndCause, row.Device);
            (_startedMs, _answeredMs, _endedMs, _speechLostMs) = (row.StartedMs, row.AnsweredMs, row.EndedMs, row.SpeechLostMs);
            (_paying, _called, _appVersion) = (row.PayingNumber.ToArray(), row.NormalisedCalledNumber.ToArray(), row.AppVersion.ToArray());
        }

        public CallFacts ToFacts() => new()
        {
            Kind = _kind,
            Mode = _mode,
            StartedMs = _startedMs,
            AnsweredMs = _answeredMs,
            EndedMs = _endedMs,
            EndCause = _endCause,
            SpeechLostMs = _speechLostMs,
            PayingNumber = _paying,
            CalledNumber = _called,
            Device = _device,
            AppVersion = _appVersion,
        };
    }
}
