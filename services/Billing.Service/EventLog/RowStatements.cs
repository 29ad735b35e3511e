using JasperFx.Events.Projections;
using Marten;
using Marten.Internal.Sessions;
using Npgsql;
using NpgsqlTypes;

namespace Billing.Service.EventLog;

/// <summary>Statements that change rows of a table of ours in the transaction of the events they follow from.</summary>
internal static class RowStatements
{
    /// <summary>A text, or null.</summary>
    public static NpgsqlParameter Text(string? value) => new() { Value = (object?)value ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    /// <param name="values">Parameters, or values that make one.</param>
    public static NpgsqlBatchCommand Of(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }

    /// <summary>Has the statements executed, in their order, when the session commits.</summary>
    public static void Enlist(IDocumentOperations operations, List<NpgsqlBatchCommand> statements)
    {
        if (statements.Count > 0)
        {
            ((ITransactionParticipantRegistrar)operations).AddTransactionParticipant(new Participant(statements));
        }
    }

    private sealed class Participant(List<NpgsqlBatchCommand> statements) : ITransactionParticipant
    {
        public async Task BeforeCommitAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken token)
        {
            await using var batch = new NpgsqlBatch(connection, transaction);
            foreach (var statement in statements)
            {
                batch.BatchCommands.Add(statement);
            }

            await batch.ExecuteNonQueryAsync(token);
        }
    }
}
