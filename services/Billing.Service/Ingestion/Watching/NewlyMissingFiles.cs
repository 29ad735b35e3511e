using Billing.Service.Invoicing;
using Npgsql;

namespace Billing.Service.Ingestion.Watching;

/// <summary>The gaps in the numbering of each source's files, each told once.</summary>
internal sealed class NewlyMissingFiles(NpgsqlDataSource database)
{
    private HashSet<MissingFiles> _told = [];
    private bool _due;

    /// <summary>The gaps that were not there before, once everything that lay in the folder is taken in: files come in any order.</summary>
    /// <param name="taken">True when something was taken in since the last call.</param>
    /// <param name="waiting">How many files still lie there.</param>
    public async Task<IReadOnlyList<MissingFiles>> FindAsync(bool taken, int waiting, CancellationToken cancel)
    {
        _due |= taken;
        if (!_due || waiting > 0)
        {
            return [];
        }

        var gaps = await MissingFiles.SoFarAsync(database, cancel);
        var found = gaps.Where(gap => !_told.Contains(gap)).ToList();
        (_told, _due) = ([.. gaps], false);
        return found;
    }
}
