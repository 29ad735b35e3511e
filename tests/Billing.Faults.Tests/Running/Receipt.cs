using System.Text;
using System.Text.Json;

namespace Billing.Faults.Tests.Running;

/// <summary>What the command says became of a file's rows.</summary>
internal sealed record Receipt(long Rows, long Rated, long Unanswered, long Suspended, long Duplicate, long Rejected)
{
    public long Stored => Rated + Unanswered + Suspended;

    /// <summary>The receipts that were printed one after the other.</summary>
    public static IReadOnlyList<Receipt> Read(string output)
    {
        var receipts = new List<Receipt>();
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(output), new JsonReaderOptions { AllowMultipleValues = true });
        while (reader.Read())
        {
            using var document = JsonDocument.ParseValue(ref reader);
            var receipt = document.RootElement;
            var outcomes = receipt.GetProperty("outcomes");
            receipts.Add(new Receipt(receipt.GetProperty("rows").GetInt64(), Of("rated"), Of("unanswered"), Of("suspended"), Of("duplicate"), Of("rejected")));

            long Of(string outcome) => outcomes.GetProperty(outcome).GetInt64();
        }

        return receipts;
    }

    public static Receipt Sum(IEnumerable<Receipt> receipts) => receipts.Aggregate((a, b) => new Receipt(
        a.Rows + b.Rows, a.Rated + b.Rated, a.Unanswered + b.Unanswered, a.Suspended + b.Suspended, a.Duplicate + b.Duplicate, a.Rejected + b.Rejected));
}
