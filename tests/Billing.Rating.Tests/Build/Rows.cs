using System.Text;
using System.Text.Json;
using Billing.Contracts;
using Billing.Rating.Records;

namespace Billing.Rating.Tests;

/// <summary>Rows of <c>cdr v1</c> field by field, for tests of how they are read.</summary>
internal static class Rows
{
    /// <summary>The reason for which the row of an ordinary call is rejected once these fields are changed.</summary>
    public static RejectReason Reason(params (string Column, string Value)[] changes) => World.Csv().Parse(Csv(changes)).Reject;

    public static byte[] Csv(params (string Column, string Value)[] changes)
    {
        var fields = Fields(changes);
        return Encoding.UTF8.GetBytes(string.Join(',', CdrColumns.Names.Select(name => fields[name])));
    }

    /// <summary>The same row as a JSON line; empty fields are left out.</summary>
    public static string Json(params (string Column, string Value)[] changes)
    {
        var fields = Fields(changes);
        var members = CdrColumns.Names.Zip(CdrColumns.MemberNames)
            .Where(pair => fields[pair.First].Length > 0)
            .ToDictionary(pair => pair.Second, pair => fields[pair.First]);
        return JsonSerializer.Serialize(members);
    }

    private static Dictionary<string, string> Fields((string Column, string Value)[] changes)
    {
        var fields = new Dictionary<string, string>(new CallRecord().Fields);
        foreach (var (column, value) in changes)
        {
            fields[column] = value;
        }

        return fields;
    }
}
