using System.Text;
using Billing.Service.Offline;

namespace Billing.Service.Replay;

/// <summary>
/// The files of a replay: <c>calls.csv</c>, <c>lines.csv</c> and <c>totals.csv</c>. They appear together, whole, or not at all.
/// </summary>
public sealed class ReplayFiles : IDisposable
{
    private readonly OutputFiles _files;
    private readonly StreamWriter _calls;
    private readonly StreamWriter _lines;
    private readonly StreamWriter _totals;

    /// <param name="everyCall">True to list every call, not only those that differ.</param>
    public ReplayFiles(string folder, bool everyCall)
    {
        EveryCall = everyCall;
        Directory.CreateDirectory(folder);
        _files = new OutputFiles(folder);
        _calls = Create("calls.csv", CallsCsv.Header);
        _lines = Create("lines.csv", ContractsCsv.LinesHeader);
        _totals = Create("totals.csv", ContractsCsv.TotalsHeader);
        Calls = new PiecesInOrder(_calls);
    }

    internal bool EveryCall { get; }

    internal PiecesInOrder Calls { get; }

    internal void Write(ContractDifference contract)
    {
        ContractsCsv.WriteLines(_lines, contract);
        ContractsCsv.WriteTotals(_totals, contract);
    }

    /// <summary>Puts the files in place.</summary>
    internal void Complete()
    {
        Close();
        _files.Complete();
    }

    public void Dispose()
    {
        Close();
        _files.Dispose();
    }

    private void Close()
    {
        _calls.Dispose();
        _lines.Dispose();
        _totals.Dispose();
    }

    private StreamWriter Create(string name, string header)
    {
        var writer = new StreamWriter(_files.Create(name), new UTF8Encoding(false), 1 << 16) { NewLine = "\n" };
        writer.WriteLine(header);
        return writer;
    }
}

/// <summary>Texts that threads make piece by piece, written in the order of the pieces.</summary>
internal sealed class PiecesInOrder(TextWriter writer)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<int, string> _waiting = [];
    private int _next;

    public void Write(int piece, StringBuilder text)
    {
        lock (_lock)
        {
            if (piece != _next)
            {
                _waiting.Add(piece, text.ToString());
                return;
            }

            writer.Write(text);
            while (_waiting.Remove(++_next, out var following))
            {
                writer.Write(following);
            }
        }
    }
}
