using Billing.Contracts.Events;
using Billing.Rating;
using JasperFx.Events;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Projections;
using Npgsql;
using NpgsqlTypes;
using Weasel.Postgresql.Tables;

namespace Billing.Service.Subscriptions;

/// <summary>
/// Every entry of a number in every contract and the dates between which each contract is open, written in the transaction
/// of the events: the index by which a number's other holders are found (R58). Days are days since 1970-01-01 in Tokyo.
/// </summary>
internal sealed class NumberEntries : ProjectionBase, IProjection
{
    private const string Entries = $"{BillingStore.Schema}.number_entries";
    private const string Terms = $"{BillingStore.Schema}.contract_terms";

    public NumberEntries()
    {
        Name = "number-entries";
        IncludeType<ContractOpened>();
        IncludeType<OpeningMoved>();
        IncludeType<NumberAssigned>();
        IncludeType<NumberWithdrawn>();
        IncludeType<ContractTerminated>();
        IncludeType<TerminationCancelled>();
        IncludeArchivedEvents = true;
        Options.DeleteDataInTableOnTeardown(Entries);
        Options.DeleteDataInTableOnTeardown(Terms);
        Options.BatchSize = 5000;
        Options.MaximumHopperSize = 20_000;
    }

    public static void AddTables(StoreOptions options)
    {
        var entries = new Table(Entries);
        entries.AddColumn("stream_id", "varchar").AsPrimaryKey();
        entries.AddColumn("number", "text").AsPrimaryKey();
        entries.AddColumn("from_day", "integer").AsPrimaryKey();
        entries.AddColumn("to_day", "integer").NotNull();
        entries.AddColumn("mobile_number", "text").AllowNulls();
        entries.Indexes.Add(new IndexDefinition("ix_number_entries_number") { Columns = ["number"] });
        entries.Indexes.Add(new IndexDefinition("ix_number_entries_mobile") { Columns = ["mobile_number"] });

        var terms = new Table(Terms);
        terms.AddColumn("stream_id", "varchar").AsPrimaryKey();
        terms.AddColumn("opened_day", "integer").NotNull();
        terms.AddColumn("terminated_day", "integer").NotNull();

        options.Storage.ExtendedSchemaObjects.Add(entries);
        options.Storage.ExtendedSchemaObjects.Add(terms);
    }

    /// <summary>The stretches in which contracts other than the given ones hold any of the numbers.</summary>
    public static async Task<List<NumberStretch>> HeldByOthersAsync(
        IDocumentSession session, HashSet<string> contracts, IEnumerable<NumberStretch> wanted, CancellationToken cancellation)
    {
        var numbers = wanted.Select(stretch => stretch.Number).Distinct(StringComparer.Ordinal).ToArray();
        await using var command = new NpgsqlCommand(
            $"""
             select substr(e.stream_id, @prefix), e.number, e.mobile_number, greatest(e.from_day, t.opened_day), least(e.to_day, t.terminated_day)
             from (select * from {Entries} where number = any(@numbers)
                   union select * from {Entries} where mobile_number = any(@numbers)) e
             join {Terms} t using (stream_id)
             """);
        command.Parameters.AddWithValue("prefix", Knowledge.KnowledgeStreams.ContractPrefix.Length + 1);
        command.Parameters.AddWithValue("numbers", numbers);
        var held = new List<NumberStretch>();
        await using var reader = await session.ExecuteReaderAsync(command, cancellation);
        while (await reader.ReadAsync(cancellation))
        {
            var (contract, from, to) = (reader.GetString(0), reader.GetInt32(3), reader.GetInt32(4));
            if (contracts.Contains(contract) || from >= to)
            {
                continue;
            }

            held.Add(new NumberStretch(contract, reader.GetString(1), IsMobile: false, from, to));
            if (!reader.IsDBNull(2))
            {
                held.Add(new NumberStretch(contract, reader.GetString(2), IsMobile: true, from, to));
            }
        }

        return held;
    }

    public Task ApplyAsync(IDocumentOperations operations, IReadOnlyList<IEvent> events, CancellationToken cancellation)
    {
        var write = new Write();
        foreach (var happened in events)
        {
            write.Note(happened.StreamKey!, happened.Data);
        }

        if (!write.IsEmpty)
        {
            ((ITransactionParticipantRegistrar)operations).AddTransactionParticipant(write);
        }

        return Task.CompletedTask;
    }

    /// <summary>The last word of a batch of events on each entry and each date; writing it twice is the same as once.</summary>
    private sealed class Write : ITransactionParticipant
    {
        private readonly Dictionary<(string Stream, string Number, int FromDay), (int ToDay, string? Mobile)?> _entries = [];
        private readonly Dictionary<string, (int? Opened, int? Terminated)> _terms = new(StringComparer.Ordinal);

        public bool IsEmpty => _entries.Count + _terms.Count == 0;

        public void Note(string stream, object happened)
        {
            var terms = _terms.GetValueOrDefault(stream);
            switch (happened)
            {
                case ContractOpened opened:
                    _terms[stream] = (Tokyo.DayNumber(opened.OpenedOn), int.MaxValue);
                    break;
                case OpeningMoved moved:
                    _terms[stream] = terms with { Opened = Tokyo.DayNumber(moved.OpenedOn) };
                    break;
                case ContractTerminated terminated:
                    _terms[stream] = terms with { Terminated = Tokyo.DayNumber(terminated.TerminatedOn) };
                    break;
                case TerminationCancelled:
                    _terms[stream] = terms with { Terminated = int.MaxValue };
                    break;
                case NumberAssigned { Entry: var entry }:
                    _entries[(stream, entry.Number, Tokyo.DayNumber(entry.From))] = (Tokyo.ToDay(entry.To), entry.MobileNumber);
                    break;
                case NumberWithdrawn withdrawn:
                    _entries[(stream, withdrawn.Number, Tokyo.DayNumber(withdrawn.From))] = null;
                    break;
            }
        }

        public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            var gone = _entries.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList();
            var kept = _entries.Where(entry => entry.Value is not null).Select(entry => (entry.Key, Value: entry.Value!.Value)).ToList();
            batch.BatchCommands.Add(Command(
                $"delete from {Entries} e using unnest(@streams, @numbers, @from_days) as gone (stream_id, number, from_day) where (e.stream_id, e.number, e.from_day) = (gone.stream_id, gone.number, gone.from_day)",
                ("streams", Texts(gone.Select(key => key.Stream))),
                ("numbers", Texts(gone.Select(key => key.Number))),
                ("from_days", Days(gone.Select(key => (int?)key.FromDay)))));
            batch.BatchCommands.Add(Command(
                $"""
                 insert into {Entries} (stream_id, number, from_day, to_day, mobile_number)
                 select * from unnest(@streams, @numbers, @from_days, @to_days, @mobiles)
                 on conflict (stream_id, number, from_day) do update set to_day = excluded.to_day, mobile_number = excluded.mobile_number
                 """,
                ("streams", Texts(kept.Select(entry => entry.Key.Stream))),
                ("numbers", Texts(kept.Select(entry => entry.Key.Number))),
                ("from_days", Days(kept.Select(entry => (int?)entry.Key.FromDay))),
                ("to_days", Days(kept.Select(entry => (int?)entry.Value.ToDay))),
                ("mobiles", Texts(kept.Select(entry => entry.Value.Mobile)))));
            batch.BatchCommands.Add(Command(
                $"""
                 insert into {Terms} (stream_id, opened_day, terminated_day)
                 select stream_id, opened, terminated from unnest(@streams, @opened, @terminated) as said (stream_id, opened, terminated)
                 where opened is not null and terminated is not null
                 on conflict (stream_id) do update set opened_day = excluded.opened_day, terminated_day = excluded.terminated_day
                 """,
                TermsParameters()));
            batch.BatchCommands.Add(Command(
                $"""
                 update {Terms} t set opened_day = coalesce(said.opened, t.opened_day), terminated_day = coalesce(said.terminated, t.terminated_day)
                 from unnest(@streams, @opened, @terminated) as said (stream_id, opened, terminated) where t.stream_id = said.stream_id
                 """,
                TermsParameters()));
            await batch.ExecuteNonQueryAsync(token);
        }

        private (string, NpgsqlParameter)[] TermsParameters() =>
        [
            ("streams", Texts(_terms.Keys)),
            ("opened", Days(_terms.Values.Select(terms => terms.Opened))),
            ("terminated", Days(_terms.Values.Select(terms => terms.Terminated))),
        ];

        private static NpgsqlBatchCommand Command(string sql, params (string Name, NpgsqlParameter Value)[] parameters)
        {
            var command = new NpgsqlBatchCommand(sql);
            foreach (var (name, value) in parameters)
            {
                value.ParameterName = name;
                command.Parameters.Add(value);
            }

            return command;
        }

        private static NpgsqlParameter Texts(IEnumerable<string?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

        private static NpgsqlParameter Days(IEnumerable<int?> values) => new() { Value = values.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer };
    }
}
