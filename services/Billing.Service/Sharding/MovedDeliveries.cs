using Npgsql;

namespace Billing.Service.Sharding;

/// <summary>The files of other databases that calls came with stay known where the calls are: by name, and to be rolled back.</summary>
internal static class MovedDeliveries
{
    private const string Columns = "no, file, sha256, received_at, rolled_back_at";

    /// <param name="numbers">A query for the numbers of the deliveries in the database from which the calls come.</param>
    /// <param name="to">A connection with a transaction.</param>
    public static async Task NoteAsync(NpgsqlConnection from, string numbers, NpgsqlConnection to, CancellationToken cancel)
    {
        await CopyRows.ExecuteAsync(to, $"create temp table files on commit drop as select {Columns} from {Configuration.MovedDeliveries} with no data", cancel);
        await CopyRows.SendAsync(from,
            $"""
            with wanted as ({numbers})
            select {Columns} from {BillingStore.Schema}.deliveries where no in (select * from wanted)
            union select {Columns} from {Configuration.MovedDeliveries} where no in (select * from wanted)
            """, to, $"files ({Columns})", cancel);
        await CopyRows.ExecuteAsync(to,
            $"""
            insert into {Configuration.MovedDeliveries} ({Columns}) select {Columns} from files where no not in (select no from {BillingStore.Schema}.deliveries) on conflict do nothing;
            drop table files
            """, cancel);
    }
}
