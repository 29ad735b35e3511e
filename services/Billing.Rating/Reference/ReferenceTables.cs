using System.Text;
using Billing.Contracts.Documents;
using Billing.Contracts.Json;
using Billing.Rating.Numbers;

namespace Billing.Rating.Reference;

/// <summary>A carrier and how its 050 numbers stand to ours, over time.</summary>
public sealed class Carrier
{
    private readonly List<RelationEntry> _relations = [];

    internal Carrier(string code)
    {
        Code = code;
        Utf8 = Encoding.UTF8.GetBytes(code);
    }

    public string Code { get; }

    internal byte[] Utf8 { get; }

    /// <summary>The relation on a day; without an entry there is none.</summary>
    public CarrierRelation RelationOn(int day) => EntryOn(day)?.Relation ?? CarrierRelation.None;

    /// <summary>The entry in force on a day; of overlapping ones the one that began last counts, then the later in the list.</summary>
    public RelationEntry? EntryOn(int day)
    {
        RelationEntry? found = null;
        foreach (var entry in _relations)
        {
            if (entry.FromDay <= day && day < entry.ToDay && (found is not { } current || entry.FromDay >= current.FromDay))
            {
                found = entry;
            }
        }

        return found;
    }

    internal void Add(CarrierRelation relation, int fromDay, int toDay) => _relations.Add(new RelationEntry(relation, fromDay, toDay));
}

/// <summary>How a carrier's 050 numbers stand to ours over <c>[FromDay, ToDay)</c>.</summary>
public readonly record struct RelationEntry(CarrierRelation Relation, int FromDay, int ToDay);

/// <summary>A block of numbers held by a carrier over <c>[FromDay, ToDay)</c>.</summary>
public sealed record Block(string First, string Last, Carrier Carrier, int FromDay, int ToDay);

/// <summary>The reference document compiled for look-up: blocks by their digits, carriers by code, plain lists by number.</summary>
public sealed class ReferenceTables
{
    private static readonly string[] Services = ["0120", "0800", "0570", "0180"];

    private readonly Dictionary<string, Carrier> _carriers = new(StringComparer.Ordinal);
    private readonly Carrier[] _carrierList;
    private readonly Block[][] _blocks050 = new Block[10_000][];
    private readonly Block[][] _serviceBlocks = new Block[4_000][];
    private readonly HashSet<ulong> _no050Access;
    private readonly HashSet<ulong> _softbankControl;
    private readonly HashSet<ulong> _secondaryLines;
    private readonly (byte[] Utf8, string Text)[][] _prefixesByStart = new (byte[], string)[100][];
    private readonly int? _mobile060FromDay;

    private ReferenceTables(ReferenceDocument document)
    {
        Document = document;
        HomeCarrier = CarrierOf(document.HomeCarrier);
        foreach (var relation in document.Relations)
        {
            CarrierOf(relation.Carrier).Add(relation.Relation, Tokyo.FromDay(relation.From), Tokyo.ToDay(relation.To));
        }

        foreach (var block in document.Blocks050)
        {
            Fill(_blocks050, 0, new Block(block.First, block.Last, CarrierOf(block.Carrier), Tokyo.FromDay(block.From), Tokyo.ToDay(block.To)));
        }

        foreach (var block in document.ServiceNumberBlocks)
        {
            var start = Array.IndexOf(Services, block.Service) * 1000;
            Fill(_serviceBlocks, start, new Block(block.First, block.Last, CarrierOf(block.Carrier), Tokyo.FromDay(block.From), Tokyo.ToDay(block.To)));
        }

        _no050Access = Keys(document.No050Access);
        _softbankControl = Keys(document.SoftbankControl);
        _secondaryLines = Keys(document.SecondaryLines);
        _mobile060FromDay = document.Mobile060From is { } from ? Tokyo.DayNumber(from) : null;
        for (var start = 0; start < 100; start++)
        {
            var text = start.ToString("D2", System.Globalization.CultureInfo.InvariantCulture);
            _prefixesByStart[start] = [.. (document.CarrierPrefixes ?? [])
                .Where(prefix => prefix.StartsWith(text, StringComparison.Ordinal) || prefix == text[..1])
                .Distinct(StringComparer.Ordinal)
                .OrderByDescending(prefix => prefix.Length)
                .Select(prefix => (Encoding.ASCII.GetBytes(prefix), prefix))];
        }

        _carrierList = [.. _carriers.Values];
    }

    public ReferenceDocument Document { get; }

    public Carrier HomeCarrier { get; }

    /// <summary>Compiles the document, or names its first fault.</summary>
    public static (ReferenceTables? Tables, DocumentFault? Fault) Compile(ReferenceDocument document) =>
        FirstFault(document) is { } fault ? (null, fault) : (new ReferenceTables(document), null);

    /// <summary>The carrier of a code as captured; null when the reference does not know it.</summary>
    public Carrier? FindCarrier(ReadOnlySpan<byte> code)
    {
        foreach (var carrier in _carrierList)
        {
            if (code.SequenceEqual(carrier.Utf8))
            {
                return carrier;
            }
        }

        return null;
    }

    /// <summary>The block of an 11-digit 050 number on a day.</summary>
    public Block? Block050(ReadOnlySpan<byte> number, int day) => InForce(_blocks050[Digits(number.Slice(3, 4))], day);

    /// <summary>The block of a 0120, 0800, 0570 or 0180 number on a day.</summary>
    public Block? ServiceNumberBlock(ReadOnlySpan<byte> number, int day)
    {
        var service = number[..4] switch
        {
            [_, (byte)'1', (byte)'2', _] => 0,
            [_, (byte)'8', ..] => 1,
            [_, (byte)'5', ..] => 2,
            _ => 3,
        };
        return InForce(_serviceBlocks[(service * 1000) + Digits(number.Slice(4, 3))], day);
    }

    /// <summary>The longest carrier prefix the number starts with (R53).</summary>
    public string? CarrierPrefixOf(ReadOnlySpan<byte> number)
    {
        if (number.Length < 2 || !NumberText.IsDigits(number[..2]))
        {
            return number.Length == 1 && NumberText.IsDigits(number) ? CarrierPrefixOf([number[0], (byte)'0']) is { Length: 1 } one ? one : null : null;
        }

        foreach (var (utf8, text) in _prefixesByStart[Digits(number[..2])])
        {
            if (number.StartsWith(utf8))
            {
                return text;
            }
        }

        return null;
    }

    public bool Refuses050(ReadOnlySpan<byte> number) => _no050Access.Contains(NumberText.Key(number));

    public bool IsSoftbankControl(ReadOnlySpan<byte> number) => _softbankControl.Contains(NumberText.Key(number));

    public bool IsSecondaryLine(ReadOnlySpan<byte> number) => _secondaryLines.Contains(NumberText.Key(number));

    /// <summary>Whether 060 numbers are mobile numbers on a day (R35).</summary>
    public bool Is060Mobile(int day) => _mobile060FromDay is { } from && from <= day;

    private static int Digits(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            value = (value * 10) + digit - '0';
        }

        return value;
    }

    private static Block? InForce(Block[]? blocks, int day)
    {
        Block? found = null;
        foreach (var block in blocks ?? [])
        {
            if (block.FromDay <= day && day < block.ToDay && (found is null || block.FromDay >= found.FromDay))
            {
                found = block;
            }
        }

        return found;
    }

    private static void Fill(Block[][] table, int start, Block block)
    {
        var first = int.Parse(block.First, System.Globalization.CultureInfo.InvariantCulture);
        var last = int.Parse(block.Last, System.Globalization.CultureInfo.InvariantCulture);
        for (var i = start + first; i <= start + last; i++)
        {
            table[i] = [.. table[i] ?? [], block];
        }
    }

    private static HashSet<ulong> Keys(IReadOnlyList<string>? numbers) => [.. (numbers ?? []).Select(NumberText.Key)];

    private Carrier CarrierOf(string code)
    {
        if (!_carriers.TryGetValue(code, out var carrier))
        {
            _carriers.Add(code, carrier = new Carrier(code));
        }

        return carrier;
    }

    private static DocumentFault? FirstFault(ReferenceDocument document)
    {
        for (var i = 0; i < document.Blocks050.Count; i++)
        {
            var block = document.Blocks050[i];
            if (RangeFault(block.First, block.Last, 4, $"$.blocks050[{i}]") is { } fault)
            {
                return fault;
            }
        }

        for (var i = 0; i < document.ServiceNumberBlocks.Count; i++)
        {
            var block = document.ServiceNumberBlocks[i];
            if (!Services.Contains(block.Service))
            {
                return new DocumentFault($"$.serviceNumberBlocks[{i}].service", $"one of {string.Join(", ", Services)} is expected");
            }

            if (RangeFault(block.First, block.Last, 3, $"$.serviceNumberBlocks[{i}]") is { } fault)
            {
                return fault;
            }
        }

        return ListFault(document.No050Access, "no050Access") ?? ListFault(document.CarrierPrefixes, "carrierPrefixes")
            ?? ListFault(document.SoftbankControl, "softbankControl") ?? ListFault(document.SecondaryLines, "secondaryLines");
    }

    private static DocumentFault? RangeFault(string first, string last, int digits, string path) =>
        !IsDigits(first, digits) ? new DocumentFault($"{path}.first", $"{digits} digits are expected")
        : !IsDigits(last, digits) ? new DocumentFault($"{path}.last", $"{digits} digits are expected")
        : string.CompareOrdinal(first, last) > 0 ? new DocumentFault($"{path}.last", "lies before first")
        : null;

    private static bool IsDigits(string text, int count) => text.Length == count && !text.AsSpan().ContainsAnyExceptInRange('0', '9');

    private static DocumentFault? ListFault(IReadOnlyList<string>? numbers, string member)
    {
        for (var i = 0; i < (numbers?.Count ?? 0); i++)
        {
            if (numbers![i].Length is 0 or > 18 || !IsDigits(numbers[i], numbers[i].Length))
            {
                return new DocumentFault($"$.{member}[{i}]", "1 to 18 digits are expected");
            }
        }

        return null;
    }
}
