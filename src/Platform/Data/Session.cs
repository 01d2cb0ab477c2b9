using Npgsql;

namespace AgentConsole.Platform.Data;

/// <summary>A connection and the transaction in which it sees what a reach sees. Disposed without <see cref="CommitAsync"/>, nothing of it is kept.</summary>
public sealed class Session : IAsyncDisposable
{
    internal Session(NpgsqlConnection connection, NpgsqlTransaction transaction) => (Connection, Transaction) = (connection, transaction);

    public NpgsqlConnection Connection { get; }

    internal NpgsqlTransaction Transaction { get; }

    public Task CommitAsync(CancellationToken cancellationToken) => Transaction.CommitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Transaction.DisposeAsync();
        }
        finally
        {
            await Connection.DisposeAsync();
        }
    }
}
