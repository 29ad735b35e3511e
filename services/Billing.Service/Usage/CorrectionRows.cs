using Billing.Contracts.Events;
using Billing.Service.EventLog;
using Npgsql;

namespace Billing.Service.Usage;

/// <summary>A correction as it stands in the log, or is about to.</summary>
/// <param name="Happened"><see cref="CallVoided"/>, <see cref="CallCorrected"/> or <see cref="UsageRerated"/>.</param>
internal sealed record LoggedCorrection(string Stream, long Version, object Happened);

/// <summary>Rows of <c>call_corrections</c> on their way in: one per event, and all that it says fits for a look-up.</summary>
internal sealed class CorrectionRows
{
    public const string Void = "void";
    public const string Correct = "correct";
    public const string Rerate = "rerate";

    private readonly CopyBuffer _rows = new();

    public void Clear() => _rows.Clear();

    public void Add(LoggedCorrection correction)
    {
        var (kind, call, grounds) = correction.Happened switch
        {
            CallVoided voided => (Void, voided.Call, voided.Grounds),
            CallCorrected corrected => (Correct, corrected.Call, corrected.Grounds),
            UsageRerated rerated => (Rerate, Guid.Empty, rerated.Grounds),
            var other => throw new ArgumentException($"{other.GetType().Name} corrects nothing.", nameof(correction)),
        };
        _rows.BeginRow(8);
        _rows.Uuid(call);
        _rows.Text(correction.Stream);
        _rows.BigInt(correction.Version);
        _rows.Text(kind);
        _rows.Text(grounds.Reason);
        _rows.Text(grounds.By);
        _rows.TextOrNull(grounds.Evidence);
        _rows.TextOrNull(grounds.Document);
    }

    /// <param name="table">Where to; a rebuild fills a table of its own first.</param>
    public Task SendAsync(NpgsqlConnection connection, CancellationToken cancel, string table = $"{BillingStore.Schema}.call_corrections") =>
        _rows.SendAsync(connection, $"copy {table} (call_id, stream_id, version, kind, reason, made_by, evidence, document) from stdin (format binary)", cancel);
}
