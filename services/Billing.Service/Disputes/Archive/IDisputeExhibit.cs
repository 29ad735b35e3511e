namespace Billing.Service.Disputes.Archive;

/// <summary>
/// Something that belongs into a dispute's archive, such as the records of its calls or the reasoning of their charges. The same case
/// always gives the same files.
/// </summary>
public interface IDisputeExhibit
{
    Task<IReadOnlyList<ArchiveFile>> FilesAsync(DisputeCase dispute, CancellationToken cancel);
}
