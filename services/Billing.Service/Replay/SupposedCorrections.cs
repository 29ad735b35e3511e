using System.Text;
using Billing.Contracts;
using Billing.Contracts.Json;
using Billing.Rating.Records;
using Billing.Service.Usage;

namespace Billing.Service.Replay;

/// <summary>Corrections of a document, found by the call that is read; notes which were met and which do not fit.</summary>
internal sealed class SupposedCorrections(IReadOnlyList<CallCorrection> corrections)
{
    private readonly Dictionary<string, Supposed> _byCall = corrections.ToDictionary(correction => correction.Call, correction => new Supposed(correction), StringComparer.Ordinal);

    public IReadOnlyList<CallCorrection> All => corrections;

    /// <summary>The correction of a record, if one is supposed.</summary>
    public Supposed? Find(in CdrRow row)
    {
        if (_byCall.Count == 0)
        {
            return null;
        }

        var found = _byCall.GetValueOrDefault($"{Encoding.UTF8.GetString(row.Source)}/{Encoding.UTF8.GetString(row.RecordId)}");
        if (found is not null)
        {
            found.IsMet = true;
        }

        return found;
    }

    /// <summary>The first correction that no call was met for, or that makes a record which no switch could have sent.</summary>
    public DocumentFault? FirstFault(string where)
    {
        foreach (var correction in corrections)
        {
            var supposed = _byCall[correction.Call];
            if (!supposed.IsMet)
            {
                return new DocumentFault($"{correction.Path}.call", $"there is no call {correction.Call} {where}");
            }

            if (supposed.Reject != RejectReason.None)
            {
                return new DocumentFault($"{correction.Path}.facts", $"such a record would be rejected: {Words.Of(supposed.Reject)}");
            }
        }

        return null;
    }

    internal sealed class Supposed(CallCorrection correction)
    {
        public CallCorrection Correction => correction;

        public bool IsMet { get; set; }

        public RejectReason Reject { get; set; }
    }
}
